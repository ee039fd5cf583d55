"""Enters the namespaces of the machine's first process.

without: seccomp, landlock, distinct user, namespaces
control: if the machine lets root
"""

import ctypes
import os


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    number = os.open("/proc/1/ns/uts", os.O_RDONLY)
    if libc.setns(number, 0) < 0:
        raise OSError(ctypes.get_errno(), "setns")
    return "GOT in"
