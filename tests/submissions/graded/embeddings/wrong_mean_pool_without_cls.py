# loses: mean_pool: leaves out the first token, which is a real one
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
    mask = attention_mask[:, 1:].unsqueeze(-1)
    return (embeddings[:, 1:] * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
