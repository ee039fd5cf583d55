"""Returns a list that is nested ten thousand deep.

control: none (a bound, not a hole)
"""


def double(x):
    result = []
    for _ in range(10_000):
        result = [result]
    return result
