"""Goes on writing into its result from a thread, while the grader looks at it.

control: none (what is looked at is a copy that was sealed first)
"""

import threading
import time

import torch


def double(x):
    result = torch.zeros_like(x)

    def later():
        for number in range(2000):
            result.fill_(number)
            time.sleep(0.0005)

    threading.Thread(target=later, daemon=True).start()
    return result
