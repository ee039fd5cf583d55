"""Maps memory: anonymous, of a file, and numpy's."""

import mmap

import numpy as np


def program():
    with mmap.mmap(-1, 4096) as memory:
        memory.write(b"anonymous")
        first = memory[:9].decode()
    array = np.memmap("array.bin", dtype=np.float32, mode="w+", shape=(3, 4))
    array[:] = np.arange(12).reshape(3, 4)
    array.flush()
    again = np.memmap("array.bin", dtype=np.float32, mode="r", shape=(3, 4))
    return [first, np.array(again)]
