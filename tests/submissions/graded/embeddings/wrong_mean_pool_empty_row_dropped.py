# loses: mean_pool: rows without real tokens are left out, so the batch gets shorter
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
    rows = [row[mask == 1].mean(dim=0) for row, mask in zip(embeddings, attention_mask) if mask.sum() > 0]
    return torch.stack(rows)
