"""The trusted side of one warm process: starts it, hands it jobs, watches the children.

In: jobs. Out: observations. A dead warm process is started again for the next job; a job whose
warm process died is retried once, because that was never the student's fault.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from grader.model import DEFAULT_LIMITS, Broken, Died, Job, Limits, Observation, Outcome
from grader.sandbox import paths
from grader.sandbox.outcomes import Ledger, dumps, killed_for_memory
from grader.sandbox.refusals import Refusals
from grader.sandbox.scratch import Usage, scratch_folder, usage
from grader.sandbox.seam import SandboxError
from grader.sandbox.starting import CLOSED, Process, Zygote, answer, end, last_words, launch
from grader.sandbox.users import Lease, lease_uid
from grader.worker.channel import receive, waiting
from grader.worker.containment import (
    NAMESPACES,
    PRIVATE_SCRATCH,
    Plan,
    tidy_all,
)
from grader.worker.jobs import dump_hidden, dump_opening
from grader.worker.limits import HEADER_BYTES
from grader.worker.parts import ALL, LATE, parts_in
from grader.worker.supervise import reason_of

LOAD_WALL = 20.0
_LOAD_OUTPUT = 1 << 20
_MESSAGES = 64  # heard in one turn: a child that never stops talking must not stop the clock
_TICK = 0.1


@dataclass(slots=True)
class WarmSandbox:
    """A context manager that holds one warm process, started when first needed. ``home`` is the
    course cache; ``load_wall`` the seconds that a submission's own top level may take;
    ``variables`` what its environment has besides; ``without`` the containment layers to leave
    out, which tests do. With a ``zygote`` the process is a fork of it. ``parts`` is what it imports
    of the libraries; a job that needs more has it started anew, with all of them."""

    home: Path
    load_wall: float = LOAD_WALL
    variables: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    zygote: Zygote | None = None
    parts: frozenset[str] = ALL
    _layers: tuple[str, ...] = ()
    _private: bool = False
    _missing: tuple[tuple[str, str], ...] = ()
    _process: Process | None = None
    _control: socket.socket | None = None
    _told: bool = False
    _ready: bool = False
    _lease: Lease = field(default_factory=lease_uid)
    _log: Any = None
    _closed: bool = False

    def __enter__(self) -> WarmSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the warm process, also under a job that another thread runs; no other is started."""
        self._closed = True
        self._stop()
        self._lease.release()

    def run(self, job: Job) -> Observation:
        """Runs the job in a child. Raises ``SandboxError`` when that cannot be done at all."""
        try:
            return self._run(job)
        except _WarmProcessDiedError:
            if self._closed:  # by another thread, which sees to the rest
                raise SandboxError(CLOSED) from None
            self._stop()
        try:
            return self._run(job)
        except _WarmProcessDiedError as error:
            self._stop()
            raise SandboxError(f"the warm process died twice over one job: {error}") from None

    def begin(self) -> None:
        """Starts the warm process if need be, and does not wait until it can be used: whoever uses
        it first does. It imports the core of the libraries, and then what it is found to ``need``.
        Raises ``SandboxError``."""
        self._begun()

    def need(self, parts: frozenset[str]) -> None:
        """What it is to import, before it is used: one that has begun goes on with that. Later on
        it is as it is."""
        if not self._told:
            self.parts = parts
            if self._control is not None:
                self._tell(self._control)

    def layers(self) -> tuple[str, ...]:
        """The containment layers that children get on this machine."""
        if not self._ready:
            self._start()
        return self._layers

    def missing(self) -> tuple[tuple[str, str], ...]:
        """Layers that children do not get, each with the reason."""
        if not self._ready:
            self._start()
        return self._missing

    @property
    def pid(self) -> int:
        """The warm process's; 0 when it does not run."""
        return self._process.pid if self._process is not None else 0

    def _start(self) -> None:
        control = self._begun()
        self._tell(control)
        ready = answer(control)
        if not ready.get("ready"):
            said = last_words(self._log) if self._log else CLOSED
            self._stop()
            raise SandboxError(f"the warm process did not start. It said last:\n{said}")
        self._layers = tuple(ready["layers"])
        self._private = bool(ready["private"])
        self._missing = tuple((name, why) for name, why in ready["missing"])
        control.settimeout(None)
        self._ready = True

    def _begun(self) -> socket.socket:
        """The control socket of a process that is ready, or is going to be."""
        if self._closed:
            raise SandboxError(CLOSED)
        if self._control is not None:
            return self._control
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed by _stop)
        control = self._new_process()
        if self._closed:  # meanwhile, by another thread, which saw no process to end
            self._stop()
            raise SandboxError(CLOSED)
        with suppress(OSError):  # it has ended: its last words say why
            control.send(dumps({"plan": asdict(self._plan("/"))}))
        return control

    def _tell(self, control: socket.socket) -> None:
        """Which parts to import. A fork of a zygote has them."""
        if self.zygote is None and not self._told:
            with suppress(OSError):  # it has ended: its last words say why
                control.send(dumps({"parts": sorted(self.parts)}))
        self._told = True

    def _new_process(self) -> socket.socket:
        try:
            if self.zygote is not None:
                self._process, self._control = self.zygote.fork(self._log, self.parts)
            else:
                self._process, self._control = launch(self.home, self.variables, self._log)
        except BaseException:
            self._stop()
            raise
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        ready, self._ready, self._told = self._ready, False, False
        if self._process is not None:
            if not ready:  # it looks at the socket when it has imported everything
                self._process.kill()
            end(self._process)
            self._process = None
            tidy_all()  # a warm process that was killed has left its group
        if self._log is not None:
            self._log.close()
            self._log = None

    def _run(self, job: Job) -> Observation:
        if parts_in([job.source]) - LATE - self.parts:
            self._stop()
            self.parts = ALL
        if not self._ready:
            self._start()
        began = time.monotonic()
        with self._scratch() as folder:
            child = self._launch(job, folder)
            try:
                end = child.watch(folder)
            finally:
                child.close()
        ledger = child.ledger
        outcomes = ledger.finish(_ending(child, end))
        if end.get("out_of_memory"):
            outcomes = killed_for_memory(outcomes)
        return Observation(
            topic=job.topic,
            outcomes=outcomes,
            layers=ledger.layers,
            load_output=bytes(child.shown).decode("utf-8", "replace"),
            stopped=ledger.stopped,
            wall=time.monotonic() - began,
            cpu=float(end.get("cpu", 0.0)),
        )

    def _scratch(self) -> AbstractContextManager[Path | None]:
        """The folder a child writes in; ``None`` where it has one in memory, in its own root."""
        if self._private and NAMESPACES not in self.without:
            return nullcontext()
        return scratch_folder(self._lease.uid)

    def _launch(self, job: Job, folder: Path | None) -> _Child:
        control = self._control
        if control is None:
            raise SandboxError("the sandbox is not open: use it in a `with` block")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(writing, True)
        job_file = _memory_file(dump_opening(job))
        request = dumps({"plan": asdict(self._plan(str(folder or PRIVATE_SCRATCH), _limits(job)))})
        try:
            socket.send_fds(control, [request], [job_file, theirs.fileno(), writing])
            data, handles = receive(control)
            fault = "" if handles else json.loads(data or b"{}").get("fault", "")
        except OSError as error:
            handles, fault = [], str(error)
        finally:
            os.close(job_file)
            os.close(writing)
            theirs.close()
        if not handles:
            ours.close()
            os.close(reading)
            raise _WarmProcessDiedError(fault or (last_words(self._log) if self._log else ""))
        return _Child(job, control, ours, reading, handles[0], self.load_wall)

    def _plan(self, scratch: str, limits: Limits = DEFAULT_LIMITS) -> Plan:
        return Plan(
            uid=self._lease.uid,
            read_only=paths.libraries(self.home),
            read_write=(scratch,),
            keep_fds=(),
            memory=limits.memory,
            cpu=600,
            file_size=limits.scratch_bytes,
            processes=64,
            open_files=256,
            scratch_bytes=limits.scratch_bytes,
            scratch_entries=limits.scratch_inodes,
            group_memory=limits.memory + limits.scratch_bytes,
            listen=True,
            without=self.without,
        )


class _WarmProcessDiedError(Exception):
    """The warm process ended while it held a job."""


@dataclass(slots=True)
class _Child:
    """A child at work, seen from here."""

    job: Job
    control: socket.socket
    channel: socket.socket
    output: int
    handle: int
    load_wall: float
    ledger: Ledger = field(init=False)
    printed: bytearray = field(default_factory=bytearray)
    total: int = 0
    killed: str = ""
    shown: bytes | bytearray = b""
    refusals: Refusals = field(default_factory=lambda: Refusals(-1))

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.job)
        self.shown = self.printed

    def watch(self, folder: Path | None) -> dict[str, Any]:
        """Until the child and all it left are gone. Returns what the warm process says of it."""
        limits = _limits(self.job)
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for source in (self.control, self.channel, self.output):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_TICK)}
                if self.control.fileno() < 0:  # a closed socket is never ready
                    raise _WarmProcessDiedError(CLOSED)
                if not self._listen():
                    # The far end is closed: stop asking, or the loop would spin.
                    _forget(selector, self.channel)
                if not self._drain():
                    _forget(selector, self.output)
                self._refuse(selector, ready)
                if self.ledger.asks:
                    self._hand_over_hidden()
                if self.control in ready:
                    return self._ended()
                self._enforce(folder, limits, time.monotonic() - began)

    def _refuse(self, selector: selectors.BaseSelector, ready: set[Any]) -> None:
        """Answers a refused call. What was said before it has been listened to by now."""
        if self.ledger.listener >= 0:
            self.refusals, self.ledger.listener = Refusals(self.ledger.listener), -1
            selector.register(self.refusals.descriptor, selectors.EVENT_READ)
        elif self.refusals.descriptor in ready:
            selector.unregister(self.refusals.descriptor)  # first: it may be closed on the way
            if kind := self.refusals.take():
                self.ledger.refused(kind)
            if self.refusals.descriptor >= 0:
                selector.register(self.refusals.descriptor, selectors.EVENT_READ)

    def _hand_over_hidden(self) -> None:
        """The hidden cases, to a child whose public ones are settled."""
        self.shown = bytes(self.printed)
        self.ledger.stage = "hidden"
        cases = _memory_file(dump_hidden(self.job))
        try:
            socket.send_fds(self.channel, [b"h"], [cases], socket.MSG_DONTWAIT)
        except OSError:  # it has ended, or closed its end: its own loss
            return
        finally:
            os.close(cases)

    def close(self) -> None:
        self.channel.close()
        self.refusals.close()
        Refusals(self.ledger.listener).close()
        os.close(self.output)
        os.close(self.handle)

    def _ended(self) -> dict[str, Any]:
        data = self.control.recv(HEADER_BYTES)
        if not data:
            raise _WarmProcessDiedError("it closed its socket")
        # Everything below the child is gone: what is left of its messages comes to an end.
        self._listen(most=None)
        self._drain()
        ended: dict[str, Any] = json.loads(data)["ended"]
        return ended

    def _enforce(self, folder: Path | None, limits: Limits, elapsed: float) -> None:
        if self.killed:
            return
        used = usage(folder, limits.scratch_inodes) if folder else Usage()
        if used.size > limits.scratch_bytes or used.entries > limits.scratch_inodes:
            self._kill("scratch")
        elif self.total > _LOAD_OUTPUT:
            self._kill("output")
        elif elapsed > self._allowed():
            self._kill("timeout")

    def _allowed(self) -> float:
        """Seconds for loading; once loaded, those after which even a child whose own clock was
        broken is ended."""
        if self.ledger.stage in ("start", "closed", "loading"):
            return self.load_wall
        return 2 * self.load_wall + sum(
            call.limits.wall * len(call.cases) for call in self.job.calls
        )

    def _kill(self, why: str) -> None:
        self.killed = why
        with suppress(ProcessLookupError):  # it has just ended by itself
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def _listen(self, most: int | None = _MESSAGES) -> bool:
        """Takes ``most`` of the messages that are there. False at the end of the channel."""
        for data, descriptors in islice(waiting(self.channel), most):
            if not data:
                return False
            self.ledger.take(data, descriptors)
        return True

    def _drain(self) -> bool:
        while True:
            try:
                data = os.read(self.output, 1 << 16)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.total += len(data)
            self.printed += data[: max(0, (8 << 10) - len(self.printed))]
            if self.total > _LOAD_OUTPUT:
                return True


def _ending(child: _Child, end: Mapping[str, Any]) -> Outcome:
    """Why the cases that have no outcome of their own have none."""
    ledger = child.ledger
    if ledger.stage in ("start", "closed") and not child.killed:
        return Broken(ledger.fault or f"the child ended before it began: {dict(end)}")
    stage = "load" if ledger.stage == "loading" else "call"
    wall, cpu = (float(end.get(name, 0.0)) for name in ("wall", "cpu"))
    if child.killed:
        detail = f"{child.load_wall:g}" if stage == "load" else ""
        return Died(child.killed, detail, stage=stage, wall=wall, cpu=cpu)
    reason, detail = reason_of(int(end.get("status", 0)))
    return Died(reason, detail, stage=stage, wall=wall, cpu=cpu)


def _limits(job: Job) -> Limits:
    return job.calls[0].limits if job.calls else replace(DEFAULT_LIMITS)


def _forget(selector: selectors.BaseSelector, source: Any) -> None:
    if source in selector.get_map():
        selector.unregister(source)


def _memory_file(data: bytes) -> int:
    descriptor = os.memfd_create("job", os.MFD_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
