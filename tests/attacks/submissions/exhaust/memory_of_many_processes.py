"""Fills the memory from many processes, each of them modest.

limits: memory=512M wall=4
without: cgroup memory
control: bounded
gap: portable, ordinary, container: without control groups memory is bounded for each process alone
"""

import os


def double(x):
    reading, writing = os.pipe()
    for _ in range(6):
        if os.fork() == 0:
            kept = bytearray(256 << 20)
            for at in range(0, len(kept), 4096):
                kept[at] = 1
            os.write(writing, b"x")
            os.read(os.pipe()[0], 1)
    os.close(writing)
    got = 0
    while got < 6:
        data = os.read(reading, 1)
        if not data:
            break
        got += 1
    return f"GOT {got * 256} MB" if got == 6 else x
