"""One row at a time, in float32 where that is enough, and hooks instead of outputs."""

import math

import torch
from transformers import AutoConfig, AutoModel


def load_with_internals(model_name):
    config = AutoConfig.from_pretrained(
        model_name, output_hidden_states=True, output_attentions=True
    )
    model = AutoModel.from_pretrained(
        model_name, config=config, attn_implementation="eager", dtype=torch.float64
    )
    model.train(False)
    return model


def internals(model, batch):
    model.set_attn_implementation({"": "eager"})
    hidden_states, attentions = [], []
    with torch.no_grad():
        outputs = model.forward(
            batch["input_ids"],
            attention_mask=batch["attention_mask"],
            output_hidden_states=True,
            output_attentions=True,
        )
        for layer in range(model.config.num_hidden_layers + 1):
            hidden_states.append(outputs.hidden_states[layer].numpy())
        for layer in range(model.config.num_hidden_layers):
            attentions.append(outputs.attentions[layer])
    return tuple(torch.from_numpy(h) for h in hidden_states), attentions


def _row(query, keys, mask):
    scores = [float(query @ key) / math.sqrt(len(query)) for key in keys]
    real = [s for s, m in zip(scores, mask, strict=True) if m]
    top = max(real)
    parts = [math.exp(s - top) if m else 0.0 for s, m in zip(scores, mask, strict=True)]
    return [part / sum(parts) for part in parts]


def attention_weights(query, key, mask=None):
    n_query, n_key, d = query.shape[-2], key.shape[-2], query.shape[-1]
    if mask is None:
        mask = torch.ones(key.shape[:-1])
    rows = []
    queries, keys, masks = (
        query.reshape(-1, n_query, d),
        key.reshape(-1, n_key, d),
        mask.reshape(-1, n_key),
    )
    for at in range(len(queries)):
        rows.append([_row(one, keys[at], masks[at].tolist()) for one in queries[at]])
    return torch.tensor(rows).reshape(*query.shape[:-1], n_key)
