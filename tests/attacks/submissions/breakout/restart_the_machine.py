"""Restarts the machine.

without: seccomp, distinct user
control: none (it would restart this machine)
told: to change the settings of the machine
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.reboot(0x89ABCDEF) < 0:  # what only allows Ctrl-Alt-Del: harmless even if it worked
        raise OSError(ctypes.get_errno(), "reboot")
    return "GOT control"
