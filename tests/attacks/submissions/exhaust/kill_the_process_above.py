"""Kills the process that watches it.

limits: wall=1
control: none (it is the student's own process that it kills)
"""

import os
import signal
import time


def double(x):
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
