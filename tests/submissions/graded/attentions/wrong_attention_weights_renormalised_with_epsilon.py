# loses: attention_weights: an epsilon hides 0/0: a row of zeros where the masked key had all the weight, and rows that sum to less than one
import math

import torch
from transformers import AutoConfig, AutoModel


def load_with_internals(model_name):
    model = AutoModel.from_pretrained(
        model_name,
        output_hidden_states=True,
        output_attentions=True,
        attn_implementation="eager",
    )
    return model.eval()


def internals(model, batch):
    model.set_attn_implementation("eager")
    with torch.no_grad():
        out = model(**batch, output_hidden_states=True, output_attentions=True)
    return out.hidden_states, out.attentions


def attention_weights(query, key, mask=None):
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    weights = scores.softmax(-1)
    if mask is not None:
        weights = weights * mask[..., None, :]
        weights = weights / (weights.sum(-1, keepdim=True) + 1e-9)
    return weights
