import torch


def call_with_batch(model, batch):
    torch.set_grad_enabled(False)
    try:
        out = model(**batch, output_hidden_states=True)
    finally:
        torch.set_grad_enabled(True)
    return out.hidden_states[-1]


def call_with_arguments(model, batch):
    with torch.set_grad_enabled(False):
        out = model(
            batch["input_ids"],
            attention_mask=batch["attention_mask"],
            output_hidden_states=True,
        )
    return out.hidden_states[-1]


def mean_pool(embeddings, attention_mask):
    rows = []
    for row, mask in zip(embeddings, attention_mask):
        real = row[mask == 1]
        rows.append(real.mean(0) if len(real) else torch.zeros_like(row[0]))
    return torch.stack(rows)
