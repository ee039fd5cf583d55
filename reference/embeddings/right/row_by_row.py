"""One text at a time, put together again; masked tensors; the usual small number in the count."""

import torch
from torch.nn.functional import relu


def call_with_batch(model, batch):
    with torch.set_grad_enabled(False):
        rows = [
            model(**{name: column[i : i + 1] for name, column in batch.items()}).last_hidden_state
            for i in range(len(batch["input_ids"]))
        ]
    return torch.cat(rows)


def call_with_arguments(model, batch):
    ids, attention_mask = (batch[key] for key in ("input_ids", "attention_mask"))
    with torch.no_grad():
        return model.forward(ids, attention_mask=attention_mask).to_tuple()[0]


def mean_pool(embeddings, attention_mask):
    expanded = attention_mask.unsqueeze(-1).expand(embeddings.size()).float()
    summed = torch.sum(relu(expanded) * embeddings, 1)
    return summed / torch.clamp(expanded.sum(1), min=1e-9)
