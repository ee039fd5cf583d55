import math

import torch
from transformers import AutoModel


def load_with_internals(model_name):
    model = AutoModel.from_pretrained(
        model_name,
        output_hidden_states=True,
        output_attentions=True,
        attn_implementation="eager",
    )
    model.eval()
    return model


def internals(model, batch):
    model.set_attn_implementation("eager")
    with torch.no_grad():
        outputs = model(**batch, output_hidden_states=True, output_attentions=True)
    return outputs.hidden_states, outputs.attentions


def attention_weights(query, key, mask=None):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(-2) == 0, float("-inf"))
    return torch.softmax(scores, dim=-1)
