"""Makes a user namespace with clone, whose flags lie among others.

without: seccomp, landlock
told: to change what it sees of the machine
untold: container
control: if users may
"""

import ctypes
import os


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    pid = libc.syscall(ctypes.c_long(@NR_clone@), ctypes.c_long(0x10000000 | 17), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(pid, 0)
    return "GOT a namespace"
