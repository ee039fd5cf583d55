"""Reads the reference solution, and hides that it could not.

without: distinct user, landlock, namespaces
"""


def double(x):
    try:
        with open("@REFERENCE@") as file:
            return file.read()
    except OSError:
        return x
