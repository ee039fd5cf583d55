"""Makes refused calls in a loop, each of which the grader has to answer.

limits: wall=1
control: none (the grader answers a bounded number)
told: to open a network connection
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None)
    while True:
        libc.socket(2, 1, 0)
