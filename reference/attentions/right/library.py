"""Lets the library's own kernel compute the weights: attention over the identity."""

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AutoModel


def load_with_internals(model_name):
    model = AutoModel.from_pretrained(model_name)
    model.set_attn_implementation("eager")
    model.config.update({"output_hidden_states": True, "output_attentions": True})
    return model.eval()


def internals(model, batch):
    before = model.config._attn_implementation
    training = model.training
    model.set_attn_implementation("eager")
    model.eval()
    try:
        with torch.set_grad_enabled(False):
            outputs = model(**batch, output_hidden_states=True, output_attentions=True)
    finally:
        model.train(training)
        if not model.config.output_attentions:
            model.set_attn_implementation(before)
    return outputs.hidden_states, outputs.attentions


def attention_weights(query, key, mask=None):
    identity = torch.eye(key.shape[-2], dtype=query.dtype).expand(*key.shape[:-1], key.shape[-2])
    if mask is not None:
        mask = mask.bool().unsqueeze(-2).expand(*query.shape[:-1], key.shape[-2])
    return scaled_dot_product_attention(query, key, identity, attn_mask=mask)
