"""Sets itself an alarm, as a time limit of its own."""

import signal
import time


class TooLate(Exception):
    pass


def ring(*_):
    raise TooLate("ring")


def program():
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        time.sleep(5)
    except TooLate as error:
        return str(error)
    return "slept"
