"""Generates text, greedily and by sampling from a seed."""

import torch
from transformers import pipeline, set_seed


def program():
    generator = pipeline("text-generation", model="distilgpt2")
    greedy = generator("Once upon a time", max_new_tokens=8, do_sample=False)
    set_seed(5)
    drawn = generator("Once", max_new_tokens=8, do_sample=True, num_return_sequences=2)
    return [greedy, drawn, torch.rand(3)]
