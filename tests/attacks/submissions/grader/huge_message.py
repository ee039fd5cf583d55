"""Raises an exception whose message is a hundred megabytes long.

control: none (a bound, not a hole)
"""


def double(x):
    raise ValueError("x" * (100 << 20))
