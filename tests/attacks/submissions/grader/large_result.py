"""Returns a tensor of two gigabytes.

control: none (a bound, not a hole)
told: too large to look at
"""

import torch


def double(x):
    return torch.empty(1 << 29)
