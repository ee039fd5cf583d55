"""Works in threads, with a pool and by hand."""

import threading
from concurrent.futures import ThreadPoolExecutor

import torch


def program():
    with ThreadPoolExecutor(4) as pool:
        squares = list(pool.map(lambda n: torch.full((2,), float(n)) ** 2, range(5)))
    box = []
    thread = threading.Thread(target=lambda: box.append("done"), name="mine")
    thread.start()
    thread.join()
    return [squares, box]
