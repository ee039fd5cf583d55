"""Returns a dict of a hundred thousand keys.

control: none (a bound, not a hole)
"""


def double(x):
    return {f"key {number}": number for number in range(100_000)}
