"""Leaves dead children that nobody asks after.

right: yes
control: a plain fork
"""

import os


def double(x):
    for _ in range(20):
        if os.fork() == 0:
            os._exit(0)
    return x * 2
