"""Fills the memory with files that have no name and are mapped nowhere.

limits: memory=512M wall=4
without: cgroup memory
control: bounded
gap: portable, ordinary, container: without control groups files in memory are bounded in size, not in number
"""

import os


def double(x):
    block, got = b"x" * (1 << 20), 0
    for number in range(8):
        file = os.memfd_create(str(number))
        try:
            for _ in range(200):
                os.write(file, block)
                got += 1
        except OSError:
            pass
    return f"GOT {got} MB" if got > 1400 else x
