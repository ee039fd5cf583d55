# loses: call_with_arguments: the first row's mask for all the rows
import torch


def call_with_batch(model, batch):
    with torch.no_grad():
        output = model(**batch)
    return output.last_hidden_state


def call_with_arguments(model, batch):
    ids = batch["input_ids"]
    mask = batch["attention_mask"][0].expand_as(ids)
    with torch.no_grad():
        output = model(ids, attention_mask=mask)
    return output.last_hidden_state


def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
