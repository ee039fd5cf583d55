"""Mounts something over a folder that others use.

without: seccomp, landlock, distinct user, namespaces
control: none (it would change the mounts of this machine)
told: to change what it sees of the machine
untold: container
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", b"@OPEN@", b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), "mount")
    return "GOT a mount"
