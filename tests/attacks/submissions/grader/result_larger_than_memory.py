"""Returns a view of two terabytes of a single number.

control: none (a bound, not a hole)
told: too large to look at
"""

import torch


def double(x):
    return torch.zeros(1).expand(1 << 39)
