"""A grader that writes until it is killed, again and again: ``store_killed.py WHERE TIMES SEED``.

Each time a fork of this process opens the store and lets two slots begin and settle, as fast as
they can; it is killed at a random moment after the first word of it, and every fourth time after
its start, which may be before there are tables. On standard output come lines of JSON: what
``settle`` and ``begin`` had returned for by then. Python and the libraries are
imported once, so that a turn takes as long as the writing does.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time

from store_samples import key, record

from grader.store import open_store

SLOTS = 2
TURN = 10_000  # numbers of one turn, at most
LONGEST = 0.15  # seconds until the kill, after the first word
OPENING = 0.6  # the same, after the start


def write(where: str, first: int, out: int) -> None:
    """Never returns: numbers from ``first`` on, those of the slots apart."""
    store = open_store(where, "/out/killed")
    store.close_unfinished()

    def slot(own: int) -> None:
        number = first + own
        while True:
            keys = [key(number, name) for name in ("pad_ids", "pad_texts")]
            attempt = store.begin(f"s{number}", keys)
            say(out, {"begun": number})
            store.settle(attempt, [(one, record(number % 40, one.function)) for one in keys])
            store.put_result(f"s{number}", keys[0].digest, f"grade {number}".encode() * 50)
            say(out, {"settled": number})
            number += SLOTS

    for own in range(SLOTS):
        threading.Thread(target=slot, args=(own,)).start()
    threading.Event().wait()


def say(out: int, what: dict[str, int]) -> None:
    """One line, in one call, so that there is no half of one."""
    os.write(out, json.dumps(what).encode() + b"\n")


def main(where: str, times: int, seed: str) -> None:
    chance = random.Random(seed)
    for turn in range(times):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                write(where, turn * TURN, writing)
            finally:
                os._exit(3)
        os.close(writing)
        told = os.read(reading, 1 << 16) if turn % 4 else b""
        time.sleep(chance.random() * (LONGEST if turn % 4 else OPENING))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while more := os.read(reading, 1 << 16):
            told += more
        os.close(reading)
        sys.stdout.write(told.decode())
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
