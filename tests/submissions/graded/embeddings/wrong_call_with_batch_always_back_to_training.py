# loses: call_with_batch: the model is put into training mode afterwards, even if it came in evaluation mode
import torch


def call_with_batch(model, batch):
    model.eval()
    with torch.no_grad():
        output = model(**batch)
    model.train()
    return output.last_hidden_state


def call_with_arguments(model, batch):
    with torch.no_grad():
        output = model(batch["input_ids"], attention_mask=batch["attention_mask"])
    return output.last_hidden_state


def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
