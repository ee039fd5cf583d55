"""Evaluation mode while it computes, the former one afterwards; detached; a loop over the texts."""

import torch


def call_with_batch(model, batch):
    was_training = model.training
    model.eval()
    try:
        outputs = model(**batch, output_hidden_states=True)
    finally:
        model.train(was_training)
    return outputs.hidden_states[-1].detach()


def call_with_arguments(model, batch):
    training = model.training
    model.eval()
    ids, mask = batch["input_ids"], batch["attention_mask"]
    last_hidden_state = model(input_ids=ids, attention_mask=mask)["last_hidden_state"]
    if training:
        model.train()
    return last_hidden_state.detach().clone()


def mean_pool(embeddings, attention_mask):
    pooled = []
    for vectors, mask in zip(embeddings, attention_mask, strict=True):
        real = vectors[mask.bool()]
        if len(real) == 0:
            pooled.append(torch.zeros(vectors.shape[-1]))
        else:
            pooled.append(real.mean(dim=0).float())
    return torch.stack(pooled)
