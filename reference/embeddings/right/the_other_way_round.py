"""`call_with_batch` is built on `call_with_arguments`; NaNs mark what does not count."""

import torch


def call_with_batch(model, batch):
    return call_with_arguments(model, batch)


def call_with_arguments(model, batch):
    parameters = [p for p in model.parameters() if p.requires_grad]
    for parameter in parameters:
        parameter.requires_grad_(False)
    out = model(batch["input_ids"], attention_mask=batch["attention_mask"], return_dict=False)
    for parameter in parameters:
        parameter.requires_grad_(True)
    return out[0]


def mean_pool(embeddings, attention_mask):
    padding = ~attention_mask.bool().unsqueeze(-1).expand_as(embeddings)
    embeddings[padding] = float("nan")
    return torch.nan_to_num(torch.nanmean(embeddings, dim=1), nan=0.0)
