"""Loads a program into the kernel.

without: seccomp, distinct user, namespaces
control: if the machine lets root
told: to use a part of the operating system that is closed
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = (ctypes.c_uint32 * 32)(2, 4, 4, 1)  # an array map of one entry
    number = libc.syscall(ctypes.c_long(@NR_bpf@), 0, attributes, 72)
    if number < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return "GOT a map"
