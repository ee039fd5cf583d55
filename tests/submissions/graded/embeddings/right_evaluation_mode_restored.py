import contextlib

import torch


@contextlib.contextmanager
def evaluating(model):
    """Evaluation mode inside, the old mode afterwards."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield model
    finally:
        model.train(was_training)


def call_with_batch(model, batch):
    with evaluating(model) as m:
        return m(**batch).last_hidden_state


def call_with_arguments(model, batch):
    with evaluating(model) as m:
        return m(batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state


def mean_pool(embeddings, attention_mask):
    keep = attention_mask.bool().unsqueeze(-1)
    total = embeddings.masked_fill(~keep, 0).sum(1)
    n = keep.sum(1)
    return total / n.clamp_min(1)
