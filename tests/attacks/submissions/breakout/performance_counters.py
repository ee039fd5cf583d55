"""Opens a performance counter, from which other processes' secrets can be timed.

without: seccomp, distinct user, namespaces
control: if the machine lets root
told: to look into another process
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = (ctypes.c_uint32 * 32)(1, 128)  # PERF_TYPE_SOFTWARE
    number = libc.syscall(
        ctypes.c_long(@NR_perf_event_open@), attributes, ctypes.c_long(0), ctypes.c_long(-1),
        ctypes.c_long(-1), ctypes.c_long(0),
    )
    if number < 0:
        raise OSError(ctypes.get_errno(), "perf_event_open")
    return "GOT a counter"
