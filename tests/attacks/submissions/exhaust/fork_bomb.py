"""Forks for ever, in processes that ignore what can be ignored.

without: rlimits, cgroup memory
limits: wall=1
control: none (without limits it would take this machine down)
"""

import os
import signal


def double(x):
    for number in range(1, 30):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            os.fork()
        except OSError:
            pass
