"""Leaves a key in the kernel's keyring.

without: seccomp
told: to use a part of the operating system that is closed
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    process_keyring = ctypes.c_long(-2)
    number = libc.syscall(
        ctypes.c_long(@NR_add_key@), b"user", b"attack", b"left", ctypes.c_long(4), process_keyring
    )
    if number < 0:
        raise OSError(ctypes.get_errno(), "add_key")
    return "GOT a key"
