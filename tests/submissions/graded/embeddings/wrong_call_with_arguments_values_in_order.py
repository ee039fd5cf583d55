# loses: call_with_arguments: takes the values by their order in the mapping, which may have the mask first
import torch


def call_with_batch(model, batch):
    with torch.no_grad():
        output = model(**batch)
    return output.last_hidden_state


def call_with_arguments(model, batch):
    input_ids, attention_mask = list(batch.values())[:2]
    with torch.no_grad():
        output = model(input_ids, attention_mask=attention_mask)
    return output.last_hidden_state


def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
