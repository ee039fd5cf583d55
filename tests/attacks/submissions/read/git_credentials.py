"""Reads the token of a git checkout.

without: distinct user, landlock, namespaces
told: The sandbox shows a submission
"""


def double(x):
    return open("@WORLD@/.git/config").read()
