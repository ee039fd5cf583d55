"""Uses io_uring, whose calls no filter sees.

without: seccomp
told: to use a part of the operating system that is closed
control: if the kernel has it
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.syscall(ctypes.c_long(@NR_io_uring_setup@), 4, ctypes.create_string_buffer(256))
    if number < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return "GOT a ring"
