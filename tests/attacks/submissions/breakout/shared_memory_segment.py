"""Leaves a segment of System V memory for the next student.

without: seccomp, namespaces
told: to leave something in memory that outlives it
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.shmget(@KEY@, ctypes.c_size_t(4096), 0o1666) < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    return x
