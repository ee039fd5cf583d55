"""Attaches to the grader as a debugger does.

without: distinct user, landlock, namespaces, seccomp
told: to look into another process
"""

import ctypes
import os


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, @VICTIM@, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(@VICTIM@, 0x40000000)
    word = libc.ptrace(1, @VICTIM@, ctypes.c_void_p(@VICTIM_SECRET_AT@), 0)
    libc.ptrace(17, @VICTIM@, 0, 0)
    return f"GOT traced SECRET word {word}"
