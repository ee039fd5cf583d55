"""Spells a hidden input by which refused calls it makes: the report names them.

control: none (no other grader tells what was stopped)
"""

import ctypes

libc = ctypes.CDLL(None)


def double(x):
    bit = int(abs(float(x[0])) * 1000) % 2
    libc.syscall(ctypes.c_long(@NR_socket@ if bit else @NR_keyctl@), 2, 1, 0)
    return x
