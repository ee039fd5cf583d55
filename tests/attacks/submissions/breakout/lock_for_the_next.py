"""Locks a library's file, so that the next student's code waits for it for ever.

control: none (a lock ends with its process, whatever holds that)
"""

import fcntl
import os


def double(x):
    held = os.open("@LOCK@", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    if os.fork() == 0:
        os.setsid()
        import time

        time.sleep(30)
        os._exit(0)
    return x
