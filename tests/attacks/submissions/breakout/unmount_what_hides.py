"""Takes away the mounts that hide the machine's own files.

without: seccomp, landlock, distinct user, namespaces
control: none (it would change the mounts of this machine)
told: to change what it sees of the machine
untold: container
"""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(b"/usr/lib", 2) < 0:
        raise OSError(ctypes.get_errno(), "umount2")
    return "GOT the mounts"
