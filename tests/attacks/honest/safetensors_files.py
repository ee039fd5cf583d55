"""Saves tensors with safetensors and maps them again."""

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file


def program():
    save_file(
        {"a": torch.arange(6.0), "b": torch.ones(2, 2, dtype=torch.bfloat16)}, "t.safetensors"
    )
    with safe_open("t.safetensors", framework="pt") as file:
        part = file.get_slice("a")[2:4]
    return [load_file("t.safetensors"), part]
