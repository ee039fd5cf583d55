"""Opens more files than the machine has room for.

without: rlimits
control: bounded
told: as many files open as it may have
"""

import os


def double(x):
    kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(900)]
    return f"GOT {len(kept)} files"
