"""Kills the process that grades it.

without: landlock, namespaces, distinct user
"""

import os
import signal


def double(x):
    os.kill(@VICTIM@, signal.SIGKILL)
    return x
