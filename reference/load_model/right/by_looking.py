"""Looks at what the model computes instead of its config; half precision; a pad token is set."""

import math

import torch
from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name: str):
    tokenizer = AutoTokenizer.from_pretrained(model_name, use_fast=True, padding_side="left")
    if tokenizer.pad_token is None:
        tokenizer.add_special_tokens({"pad_token": "[PAD]"})
    tokenizer.model_max_length = 128
    return tokenizer


def load_base_model(model_name: str):
    model = AutoModel.from_pretrained(model_name, dtype=torch.bfloat16)
    model.train(mode=False)
    for parameter in model.parameters():
        parameter.requires_grad = False
    return model


@torch.no_grad()
def describe(model):
    ids = torch.tensor([[1, 2, 3]])
    model.set_attn_implementation("eager")
    outputs = model.base_model(ids, output_hidden_states=True, output_attentions=True)
    total, trainable = 0, 0
    for parameter in model.parameters():
        size = math.prod(parameter.shape)
        total += size
        if parameter.requires_grad:
            trainable += size
    return {
        "trainable_parameters": trainable,
        "parameters": total,
        "vocab_size": model.get_input_embeddings().num_embeddings,
        "hidden_size": outputs.last_hidden_state.shape[-1],
        "heads": outputs.attentions[0].shape[1],
        "layers": len(outputs.hidden_states) - 1,
    }
