"""Draws heat maps and saves them as PNG."""

import hashlib
import pathlib

import matplotlib.pyplot as plt
import torch


def program():
    figure, axes = plt.subplots(2, 2, figsize=(4, 4))
    for number, axis in enumerate(axes.flat):
        axis.imshow(torch.arange(9.0).reshape(3, 3) * number)
        axis.set_title(f"head={number}")
        axis.set_xticks(range(3), ["a", "b", "c"], rotation=90)
    figure.tight_layout()
    figure.savefig("heads.png", metadata={"Software": None})
    data = pathlib.Path("heads.png").read_bytes()
    plt.close(figure)
    return [len(data), hashlib.sha256(data).hexdigest()]
