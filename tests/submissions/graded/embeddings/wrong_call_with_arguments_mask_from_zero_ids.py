# loses: call_with_arguments: makes its own mask from id 0, which is a real token in GPT-2 (and the padding has another id)
import torch


def call_with_batch(model, batch):
    with torch.no_grad():
        output = model(**batch)
    return output.last_hidden_state


def call_with_arguments(model, batch):
    input_ids = batch["input_ids"]
    mask = (input_ids != 0).long()
    with torch.no_grad():
        output = model(input_ids, attention_mask=mask)
    return output.last_hidden_state


def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
