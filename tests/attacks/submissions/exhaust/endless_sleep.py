"""Sleeps for ever in a call that no exception interrupts.

limits: wall=1
control: a plain fork
told: did not finish in 1 second
"""

import ctypes


def double(x):
    ctypes.CDLL(None).pause()
