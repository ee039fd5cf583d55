"""`call_with_arguments` is built on `call_with_batch`; the sums are products of matrices."""

import torch


def call_with_batch(model, batch):
    with torch.inference_mode():
        outputs = model(**dict(batch))
    return outputs.last_hidden_state


def call_with_arguments(model, batch):
    names = ("input_ids", "attention_mask")
    return call_with_batch(model, {name: batch[name] for name in names})


def mean_pool(embeddings, attention_mask):
    mask = attention_mask.type_as(embeddings)
    counts = mask.sum(dim=-1, keepdim=True)
    weights = torch.where(counts > 0, mask / counts, torch.zeros_like(mask))
    return torch.bmm(weights[:, None, :], embeddings)[:, 0, :]
