"""A stand-in for `base`, which tells who uses it from who does not. In: a tensor. Out: another."""


def double_base(x):
    return x * 10
