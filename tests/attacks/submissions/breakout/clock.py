"""Turns the machine's clock back, so that it was never late.

without: seccomp, distinct user
control: none (it would change this machine's clock)
told: to change the settings of the machine
"""

import time


def double(x):
    time.clock_settime(time.CLOCK_REALTIME, 0)
    return "GOT the clock"
