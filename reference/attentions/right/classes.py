"""A small module for the attention, log-probabilities, and the dtype's own smallest number."""

import torch
from torch import nn
from transformers import AutoModel


class Attention(nn.Module):
    def forward(self, query, key, mask=None):
        scale = float(query.shape[-1]) ** 0.5
        scores = (query / scale) @ torch.swapaxes(key, -1, -2)
        if mask is None:
            return torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
        hidden = torch.logical_not(mask).unsqueeze(dim=-2)
        scores.masked_fill_(hidden, torch.finfo(scores.dtype).min)
        weights = nn.Softmax(dim=-1)(scores)
        return torch.where(hidden, torch.zeros_like(weights), weights)


class Internals:
    def __init__(self, model):
        self.model = type(model)._from_config(model.config, attn_implementation="eager")
        self.model.to(next(model.parameters()).dtype).load_state_dict(model.state_dict())
        self.model.eval()

    def __call__(self, input_ids, attention_mask):
        options = {"use_cache": False} if hasattr(self.model.config, "use_cache") else {}
        out = self.model(
            input_ids,
            attention_mask=attention_mask,
            output_attentions=True,
            output_hidden_states=True,
            **options,
        )
        return out.hidden_states, out.attentions


def load_with_internals(model_name: str):
    options = {"output_hidden_states": True, "output_attentions": True}
    return AutoModel.from_pretrained(model_name, attn_implementation="eager", **options)


def internals(model, batch):
    with torch.no_grad():
        return Internals(model)(batch["input_ids"], batch["attention_mask"])


def attention_weights(query, key, mask=None):
    return Attention()(query, key, mask)
