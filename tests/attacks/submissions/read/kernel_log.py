"""Reads the kernel's log.

without: distinct user, landlock, namespaces, seccomp
control: root
told: to change the settings of the machine
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    data = ctypes.create_string_buffer(200)
    got = libc.klogctl(3, data, 200)
    if got < 0:
        raise OSError(ctypes.get_errno(), "syslog")
    return f"GOT {got} bytes"
