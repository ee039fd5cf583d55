"""Returns a list that contains itself.

control: none (a bound, not a hole)
"""


def double(x):
    result = []
    result.append(result)
    return result
