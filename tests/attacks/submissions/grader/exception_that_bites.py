"""Raises an exception that raises when it is looked at, whatever way.

control: none (no class of a student's is ever asked)
"""


class Bites(Exception):
    def __str__(self):
        raise Bites

    __repr__ = __str__

    def __getattribute__(self, name):
        raise Bites


def double(x):
    raise Bites
