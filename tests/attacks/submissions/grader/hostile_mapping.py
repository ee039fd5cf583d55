"""Returns a mapping whose keys, items and length are all different at every look.

control: none (no class of a student's is ever asked)
"""

import collections.abc
import itertools


class Endless(collections.abc.Mapping):
    def __len__(self):
        return 1

    def __iter__(self):
        return itertools.count()

    def __getitem__(self, key):
        return Endless()


def double(x):
    return Endless()
