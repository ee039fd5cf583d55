# loses: mean_pool: a row without real tokens gives NaN, not zeros
import torch


def call_with_batch(model, batch):
    with torch.no_grad():
        output = model(**batch)
    return output.last_hidden_state


def call_with_arguments(model, batch):
    with torch.no_grad():
        output = model(batch["input_ids"], attention_mask=batch["attention_mask"])
    return output.last_hidden_state


def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=1) / mask.sum(dim=1)
