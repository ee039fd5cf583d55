"""Raises what a stub raises, so that it counts as not written.

control: none (not written is worth nothing either)
"""


def double(x):
    raise NotImplementedError
