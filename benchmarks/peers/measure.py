"""Runs a command and tells what it and everything that it started has used.

In: a command line and a limit. Out: CPU and wall seconds, peak memory, and how it ended. Orphans
are handed to this process (a subreaper), so none gets away uncounted; no other process of ours may
run meanwhile.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.worker.containment.leftovers import become_subreaper, descendants

_PERIOD = 0.2  # seconds between two looks at the memory
_GRACE = 10.0  # seconds that what a command left behind may take to end by itself


@dataclass(frozen=True, slots=True)
class Spent:
    """``cpu`` is user plus system seconds of the whole tree of processes, ``wall`` seconds,
    ``peak`` bytes: the largest sum of what its processes hold, shared pages counted once. ``code``
    is the exit code, ``None`` when it was killed at the limit."""

    cpu: float
    wall: float
    peak: int
    code: int | None

    @property
    def killed(self) -> bool:
        return self.code is None


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    variables: Mapping[str, str],
    log: Path,
    limit: float = 3600.0,
) -> Spent:
    """Runs the command to its end, or for ``limit`` seconds; what it prints goes to ``log``."""
    become_subreaper()
    began, before = time.monotonic(), _children_cpu()
    with log.open("wb") as told, _peak() as peak:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            code: int | None = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        wall = time.monotonic() - began
        _end_all(0.0 if code is None else _GRACE)
        process.wait()
    return Spent(_children_cpu() - before, wall, peak(), code)


def _end_all(grace: float) -> None:
    """Waits until nothing of the command is left; after ``grace`` seconds kills what is."""
    deadline = time.monotonic() + grace
    while _reap():
        if time.monotonic() >= deadline:
            for pid in descendants():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _reap() -> bool:
    """Takes note of what has ended; whether something still runs."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def _peak() -> Iterator[Callable[[], int]]:
    """Looks at the memory of the tree again and again while the block runs. Gives a function that
    tells the largest sum."""
    stop, sums = threading.Event(), [0]
    own = psutil.Process()

    def look() -> None:
        while not stop.wait(_PERIOD):
            sums[0] = max(sums[0], sum(map(_held, own.children(recursive=True))))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lambda: sums[0]
    finally:
        stop.set()
        thread.join()


def _held(process: psutil.Process) -> int:
    """Bytes a process holds, its share of what it shares with others; all of it where that share
    may not be read."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return 0
    except psutil.AccessDenied:
        return _resident(process)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
