"""Leaves a message queue for the next student.

without: seccomp, namespaces
told: to leave something in memory that outlives it
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.msgget(@KEY@, 0o1666) < 0:
        raise OSError(ctypes.get_errno(), "msgget")
    return x
