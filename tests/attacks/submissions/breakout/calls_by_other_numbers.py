"""Makes a call by the numbers of another kind of program, which a filter may not know.

without: seccomp
control: none (this kernel may have no such calls)
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    pid = libc.syscall(ctypes.c_long(0x40000000 + 39))
    if pid < 0:
        raise OSError(ctypes.get_errno(), "x32")
    return f"GOT {pid}"
