"""Two functions that return tensors. Staff's canary: REFERENCE-CANARY-7431."""

import torch


def double(x):
    """Twice the tensor `x`."""
    return x * 2


def ones(n):
    """A square of ones, `n` by `n`, each divided by `n`."""
    return torch.ones(n, n) / n
