"""Saves a model with `save_pretrained`, and loads it from its folder."""

import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel


def program():
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=40, n_embd=16, n_layer=1, n_head=2)).eval()
    model.save_pretrained("mine")
    again = AutoModelForCausalLM.from_pretrained("mine").eval()
    ids = torch.tensor([[1, 2, 3]])
    with torch.no_grad():
        return [model(ids).logits, again(ids).logits]
