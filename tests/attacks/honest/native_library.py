"""Calls the C library."""

import ctypes
import ctypes.util


def program():
    library = ctypes.CDLL(None)
    library.abs.restype = ctypes.c_int
    buffer = ctypes.create_string_buffer(20)
    library.snprintf(buffer, 20, b"%d-%s", 7, b"seven")
    return [library.abs(-3), buffer.value.decode()]
