"""Lists instead of tuples, detached instead of no_grad, einsum, and a softmax written out."""

import numpy as np
import torch
from transformers import AutoModel, DistilBertModel, GPT2Model


def load_with_internals(model_name):
    classes = {"distilbert": DistilBertModel, "gpt2": GPT2Model}
    kind = next((cls for key, cls in classes.items() if key in model_name), AutoModel)
    model = kind.from_pretrained(model_name, attn_implementation="eager")
    model.config.output_hidden_states = True
    model.config.output_attentions = True
    for parameter in model.parameters():
        parameter.requires_grad = False
    return model


def internals(model, batch):
    model.eval()
    model.config._attn_implementation = "eager"
    result = model(
        input_ids=batch["input_ids"],
        attention_mask=batch["attention_mask"],
        output_attentions=True,
        output_hidden_states=True,
        return_dict=True,
    )
    hidden_states = [h.detach() for h in result.hidden_states]
    return hidden_states, [a.detach().clone() for a in result.attentions]


def attention_weights(query, key, mask=None):
    d = key.shape[-1]
    scores = torch.einsum("...qd,...kd->...qk", query, key) / np.sqrt(d)
    if mask is not None:
        real = mask.bool().unsqueeze(-2).expand(scores.shape)
        scores[~real] = -float("inf")
    top = scores.amax(dim=-1, keepdim=True)
    e = torch.exp(scores - top)
    return e / e.sum(-1, keepdim=True)
