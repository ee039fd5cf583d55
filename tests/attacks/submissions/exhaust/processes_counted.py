"""Starts more processes than anybody needs, and counts them.

without: rlimits
control: bounded
limits: wall=10
"""

import os
import time


def double(x):
    made = 0
    for _ in range(200):
        try:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        except OSError:
            break
        made += 1
    return f"GOT {made} processes" if made > 100 else x
