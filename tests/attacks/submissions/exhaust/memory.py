"""Fills the memory.

limits: memory=1024M wall=8
without: rlimits, cgroup memory
control: bounded
told: memory
"""


def double(x):
    kept = [bytearray(64 << 20) for _ in range(32)]
    return f"GOT {len(kept) * 64} MB"
