"""Makes a user namespace, in which it is root.

without: seccomp, landlock
told: to change what it sees of the machine
untold: container
control: if users may
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000) < 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return "GOT a namespace"
