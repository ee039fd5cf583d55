"""Crashes with all its memory written to a file.

without: rlimits
control: none (where a machine writes its core files, these tests do not know)
told: It crashed the Python process
"""

import os
import resource
import signal


def double(x):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    except ValueError:
        pass
    os.kill(os.getpid(), signal.SIGSEGV)
