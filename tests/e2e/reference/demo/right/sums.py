"""By adding."""

import torch


def double(x):
    return x + x


def ones(n):
    return torch.zeros(n, n) + 1 / n
