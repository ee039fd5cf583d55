"""Handles its own page faults, with which holes of the kernel are won.

without: seccomp
told: to use a part of the operating system that is closed
control: if users may
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(@NR_userfaultfd@), 1) < 0:
        raise OSError(ctypes.get_errno(), "userfaultfd")
    return "GOT page faults"
