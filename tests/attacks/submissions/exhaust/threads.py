"""Starts more threads than anybody needs, and counts them.

without: rlimits
control: bounded
"""

import threading
import time


def double(x):
    made = 0
    try:
        for _ in range(200):
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            made += 1
    except RuntimeError:
        pass
    return f"GOT {made} threads" if made > 100 else x
