"""Asks for memory layouts of old, which make other attacks easier.

without: seccomp
told: to use a part of the operating system that is closed
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.personality(0x0400000) < 0:
        raise OSError(ctypes.get_errno(), "personality")
    return "GOT another personality"
