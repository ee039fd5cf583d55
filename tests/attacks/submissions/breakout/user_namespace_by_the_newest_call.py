"""Makes a user namespace with clone3, whose flags no filter can see.

without: seccomp, landlock
control: if users may
"""

import ctypes
import os


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0)
    pid = libc.syscall(ctypes.c_long(@NR_clone3@), arguments, ctypes.c_long(64))
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone3")
    os.waitpid(pid, 0)
    return "GOT a namespace"
