"""Reads the reference solution where it lies.

without: distinct user, landlock, namespaces
told: The sandbox shows a submission
"""


def double(x):
    return open("@REFERENCE@").read()
