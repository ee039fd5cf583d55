"""Turns the process's clocks back, so that it was fast.

naive: timed
limits: wall=1
told: did not finish in 1 second
"""

import time

slow = time.sleep
time.monotonic = time.time = time.perf_counter = lambda: 0.0


def double(x):
    slow(1.5)
    return x * 2
