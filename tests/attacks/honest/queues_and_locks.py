"""Counts in several processes with a lock, a shared value, a queue and an event."""

import multiprocessing as mp


def work(number, total, queue, ready):
    ready.wait()
    for _ in range(100):
        with total.get_lock():
            total.value += 1
    queue.put(number)


def program():
    total, queue, ready = mp.Value("i", 0), mp.Queue(), mp.Event()
    workers = [mp.Process(target=work, args=(n, total, queue, ready)) for n in range(3)]
    for worker in workers:
        worker.start()
    ready.set()
    arrived = sorted(queue.get(timeout=20) for _ in workers)
    for worker in workers:
        worker.join()
    return [total.value, arrived, [worker.exitcode for worker in workers]]
