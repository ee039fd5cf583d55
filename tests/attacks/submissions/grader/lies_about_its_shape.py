"""Returns a tensor that says it has another shape, another type and no data.

control: none (no class of a student's is ever asked)
"""

import torch


class Liar(torch.Tensor):
    shape = property(lambda self: (3,))
    dtype = property(lambda self: torch.float32)

    def numel(self):
        return 3

    def size(self, *_):
        return torch.Size([3])

    def numpy(self, *_, **__):
        raise RuntimeError("no data")


def double(x):
    return torch.zeros(2, 2, dtype=torch.int64).as_subclass(Liar)
