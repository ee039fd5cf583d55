"""Starts warm processes: each by itself, or as forks of a zygote that has imported everything.

In: the course cache, variables, a file for what is printed. Out: a process and the grader's end of
its control socket. Both processes end when the grader's end is closed.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from grader.course.location import environment
from grader.sandbox.environment import clean_environment
from grader.sandbox.seam import SandboxError
from grader.worker.channel import receive
from grader.worker.containment import hide_memory, step_aside
from grader.worker.limits import HEADER_BYTES
from grader.worker.parts import ALL

START_WALL = 180.0
CLOSED = "the sandbox is closed"
# The boot code closes the door behind itself: only the control socket is open, as descriptor 3.
_BOOT = (
    "import os, sys; fd = int(sys.argv[1]); os.dup2(fd, 3); fd == 3 or os.close(fd);"
    "from grader.worker import at_fork; at_fork.watch();"
)


class Process(Protocol):
    """As much of ``subprocess.Popen`` as is asked for."""

    @property
    def pid(self) -> int:
        """Its number."""

    def wait(self, timeout: float | None = None) -> Any:
        """Until it has ended. Raises ``subprocess.TimeoutExpired``."""

    def kill(self) -> None:
        """Ends it."""


def launch(
    home: Path,
    variables: Mapping[str, str],
    log: Any,
    module: str = "warm",
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A new process that imports the core of the libraries itself and then serves: what ``module``
    of ``grader.worker`` does. Raises ``OSError`` when this machine has no room for it."""
    hide_memory()  # the answers are here
    step_aside()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    boot = f"{_BOOT}from grader.worker import {module}; {module}.main()"
    with theirs, closed_on_error(ours):
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", boot, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=clean_environment({**environment(home), **variables}),
            cwd="/",
            start_new_session=True,
        )
    ours.settimeout(START_WALL)
    return process, ours


@contextmanager
def closed_on_error(end: socket.socket) -> Iterator[None]:
    """Closes a socket when it comes to nothing."""
    try:
        yield
    except BaseException:
        end.close()
        raise


def answer(control: socket.socket) -> dict[str, Any]:
    """What a process that starts says; nothing when it ends, or does not say it in time."""
    try:
        said: dict[str, Any] = json.loads(control.recv(HEADER_BYTES) or b"{}")
    except (OSError, ValueError):
        return {}
    return said


def end(process: Process) -> None:
    """Waits for a process whose socket is closed; kills one that does not go by itself."""
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def last_words(log: Any) -> str:
    """The end of what a process printed."""
    log.seek(0)
    said: bytes = log.read()
    return said.decode("utf-8", "replace")[-2000:]


@dataclass(slots=True)
class Forked:
    """A process that the zygote forked, by its descriptor. The zygote reaps it."""

    pid: int
    handle: int

    def wait(self, timeout: float | None = None) -> None:
        """Until it has ended; then nothing more may be asked of it."""
        waiting = select.poll()  # not `select`, which takes no descriptor above a thousand
        waiting.register(self.handle, select.POLLIN)
        if not waiting.poll(None if timeout is None else 1000 * timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        os.close(self.handle)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)


@dataclass(slots=True)
class Zygote:
    """A process from which warm processes are forked, started when the first is wanted, and again
    when it is found dead. Threads may share it. ``home`` is the course cache, ``parts`` what it
    imports of the libraries before it is forked."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    parts: frozenset[str] = ALL
    _process: subprocess.Popen[bytes] | None = None
    _control: socket.socket | None = None
    _log: Any = None
    _ready: bool = False
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pid(self) -> int:
        """Its number; 0 when it does not run."""
        return self._process.pid if self._process is not None else 0

    def fork(self, log: Any, parts: Collection[str] = ()) -> tuple[Process, socket.socket]:
        """A warm process that prints into ``log`` and has these parts, too. Raises
        ``SandboxError``."""
        with self._lock:
            self.parts = self.parts.union(parts)
            if self._ready and self._control is not None:
                try:
                    return self._fork(self._control, log)
                except OSError:  # somebody killed it
                    self._end()
            try:
                return self._fork(self._start(), log)
            except OSError as error:
                said = last_words(self._log) if self._log else ""
                self._end()
                raise SandboxError(f"a warm process could not be forked: {error}. {said}") from None

    def close(self) -> None:
        """Ends the zygote, also while another thread waits until it can be used; its forks go
        on."""
        self._closed = True
        if self._process is not None and not self._ready:
            self._process.kill()
        with self._lock:
            self._end()

    def begin(self) -> None:
        """Starts the zygote if need be, and does not wait until it can be used. It imports the core
        of the libraries, and then what it is found to ``need``."""
        with self._lock:
            self._launch()

    def need(self, parts: frozenset[str]) -> None:
        """What it is to import before its first fork: one that has begun goes on with that."""
        with self._lock:
            if self._ready:
                return
            self.parts = parts
            if self._control is not None:
                with suppress(OSError):  # it has ended: the first fork tells why
                    self._control.send(self._asked())

    def _launch(self) -> socket.socket:
        if self._closed:
            raise SandboxError(CLOSED)
        if self._control is None:
            self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed by _end)
            self._process, self._control = launch(self.home, self.variables, self._log, "zygote")
        return self._control

    def _start(self) -> socket.socket:
        control = self._launch()
        if not answer(control).get("ready"):
            said = last_words(self._log)
            self._end()
            raise SandboxError(f"the warm process did not start. It said last:\n{said}")
        return control

    def _fork(self, control: socket.socket, log: Any) -> tuple[Process, socket.socket]:
        """Raises ``OSError`` when the zygote is gone."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with closed_on_error(ours):
            with theirs:
                socket.send_fds(control, [self._asked()], [theirs.fileno(), log.fileno()])
            data, handles = receive(control)
            if not handles:
                raise ConnectionError("the zygote ended")
        self._ready = True
        ours.settimeout(START_WALL)
        return Forked(json.loads(data)["pid"], handles[0]), ours

    def _asked(self) -> bytes:
        return json.dumps({"parts": sorted(self.parts)}).encode()

    def _end(self) -> None:
        """It reaps its forks that have ended, so that their time is counted, and goes."""
        ready, self._ready = self._ready, False
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            if not ready:  # it looks at the socket when it has imported everything
                self._process.kill()
            end(self._process)
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None
