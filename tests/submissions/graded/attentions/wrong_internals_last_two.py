# loses: internals: the last two outputs: right by place, but swapped (hidden states come first)
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
    return out.attentions, out.hidden_states


def attention_weights(query, key, mask=None):
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask[..., None, :] == 0, -torch.inf)
    return scores.softmax(-1)
