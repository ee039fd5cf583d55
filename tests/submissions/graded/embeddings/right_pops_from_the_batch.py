import torch
import torch.nn.functional as F


def call_with_batch(model, batch):
    batch = {k: v for k, v in batch.items()}
    with torch.no_grad():
        h = model(**batch).last_hidden_state
    return h


def call_with_arguments(model, batch):
    ids = batch.pop("input_ids")
    mask = batch.pop("attention_mask")
    with torch.no_grad():
        h = model(ids, attention_mask=mask).last_hidden_state
    return h


def mean_pool(embeddings, attention_mask):
    weights = F.normalize(attention_mask.to(embeddings.dtype), p=1, dim=1)
    return torch.bmm(weights.unsqueeze(1), embeddings).squeeze(1)
