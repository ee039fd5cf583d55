"""Real clusters for the tests: a scheduler and workers, each a process on loopback.

In: what to start. Out: addresses, processes, and what is left of them. The test's own process
adopts whatever loses its parent meanwhile, so nothing that outlives its worker goes unseen.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certificates import Authority

from grader.model import Call, Case, Job, Limits
from grader.worker.containment import syscalls
from grader.worker.containment.kinship import parent_of

LOOPBACK = "127.0.0.1"
_START = 90.0
# A worker that has lost its scheduler looks for it so long, and ends.
QUICK = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
PRELOAD = ("--preload", "grader.cluster.preload")


@dataclass
class Ground:
    """Starts the processes of one cluster; all end with the block. ``tls`` signs certificates."""

    folder: Path
    tls: Authority | None = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    identity: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return str(self.identity["address"])

    def start_scheduler(self, *more: str) -> subprocess.Popen[bytes]:
        """A scheduler at a free port, once it answers."""
        note = self.folder / f"scheduler-{len(self.processes)}.json"
        process = self.start("scheduler", "--host", LOOPBACK, "--port", "0", *PRELOAD,
                             "--scheduler-file", str(note), *more)  # fmt: skip
        wait(lambda: note.exists() and note.read_text().endswith("}"), "the scheduler")
        self.identity = json.loads(note.read_text())
        return process

    def start_worker(self, *more: str, **variables: str) -> subprocess.Popen[bytes]:
        """A worker, of which the scheduler need not know yet."""
        return self.start("worker", self.address, *WORKER, *PRELOAD, *more, **variables)

    def start_workers(self, number: int) -> list[subprocess.Popen[bytes]]:
        """So many, once the scheduler knows that many more."""
        there = self.counts()["workers"]
        started = [self.start_worker() for _ in range(number)]
        wait(lambda: self.counts()["workers"] >= there + number, "the workers")
        return started

    def start(self, what: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """``dask WHAT ARGUMENTS``; what it says is in a file of its own."""
        command = [sys.executable, "-P", "-m", f"distributed.cli.dask_{what}", *arguments]
        pages = (
            () if "--dashboard-address" in arguments else ("--dashboard-address", f"{LOOPBACK}:0")
        )
        certificates = self.tls.options() if self.tls else ()
        with open(self.log_of(len(self.processes)), "wb") as log:
            process = subprocess.Popen(
                [*command, *pages, *certificates],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env={**os.environ, **QUICK, **variables},
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def log_of(self, number: int) -> Path:
        return self.folder / f"{number}.log"

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """What it has said so far."""
        return self.log_of(self.processes.index(process)).read_text()

    def worker_at(self, address: str) -> subprocess.Popen[bytes]:
        """The process of the worker at that address."""
        line = re.compile(rf"Start worker at: +{re.escape(address)}$", re.M)
        return next(process for process in self.processes if line.search(self.said(process)))

    def counts(self) -> dict[str, int]:
        """What the scheduler counts: ``workers``, ``tasks``, ``processing`` and so on."""
        port = self.identity["services"]["dashboard"]
        with urllib.request.urlopen(
            f"http://{LOOPBACK}:{port}/json/counts.json", timeout=10
        ) as page:
            found: dict[str, int] = json.load(page)
        return found

    def end(self) -> None:
        """Workers first, politely, as a person does."""
        alive = [one for one in reversed(self.processes) if one.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        for process in alive:
            process.wait(30)


WORKER = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", LOOPBACK)


@contextmanager
def ground(tls: Authority | None = None) -> Iterator[Ground]:
    """A place for one cluster. Nothing of it may be left at the end."""
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder, nothing_left():
        place = Ground(Path(folder), tls)
        try:
            yield place
            place.end()
        finally:
            for process in place.processes:
                process.kill()
                process.wait()


@contextmanager
def nothing_left() -> Iterator[None]:
    """Whatever the block starts, below this process or by what it starts, is over at its end."""
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    before = _children()[os.getpid()]
    try:
        yield
        wait(lambda: not _alive(below(os.getpid(), set(before))), "everything to end", 20)
    finally:
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 0)


def _children() -> dict[int, list[int]]:
    """Who has which children, on the whole machine."""
    found: dict[int, list[int]] = defaultdict(list)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            found[parent_of(entry.path)].append(int(entry.name))
    return found


def below(pid: int, spared: set[int]) -> set[int]:
    """All below a process but those spared, and what is below them."""
    children, found, waiting = _children(), set(), [pid]
    while waiting:
        new = set(children[waiting.pop()]) - spared
        found |= new
        waiting += new
    return found


def _alive(pids: set[int]) -> list[str]:
    """Those that run. One that has ended and came to us is reaped."""
    found = []
    for pid in pids:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                found.append(_command(pid))
        except ChildProcessError:  # another's child, or gone
            if command := _command(pid):
                found.append(command)
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def wait(until: Callable[[], Any], what: str, seconds: float = _START) -> None:
    """Until it is so; an assertion fails when it is not in time."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)


def job(source: str, *inputs: Any, wall: float = 20.0, public: bool = True) -> Job:
    """A job that calls ``f`` once for each input."""
    cases = tuple(Case(f"case {n}", {"x": x}, public, n) for n, x in enumerate(inputs or (1,)))
    call = Call("f", cases, ("x",), limits=Limits(wall=wall))
    return Job("topic", source, "solution.py", (call,))


def busy(seconds: float) -> Job:
    """A job that takes so long, and says so."""
    return job(f"import time\ndef f(x):\n    time.sleep({seconds})\n    return x + 1\n")
