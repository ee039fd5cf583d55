"""Computes for ever, and ignores whoever asks it to stop.

limits: wall=1
control: a plain fork
told: did not finish in 1 second
"""

import signal


def double(x):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
