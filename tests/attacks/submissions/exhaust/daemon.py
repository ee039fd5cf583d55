"""Leaves a process of its own session behind, which waits for the next student.

without: namespaces
control: a plain fork
right: yes
"""

import os
import signal
import time


def double(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
        os._exit(0)
    return x * 2
