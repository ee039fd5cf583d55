"""One function built on the other."""


def base(x):
    """`x` and one."""
    return x + 1


def total(x):
    """The sum of `base(x)`."""
    return base(x).sum()
