"""Stops the process that watches it, so that nobody keeps the time.

limits: wall=1
control: none (it is the student's own process that it stops)
"""

import os
import signal
import time


def double(x):
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(60)
