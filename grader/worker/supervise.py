"""Watches one function's fork: its messages, what it prints, its clock and its end.

In: a call, its cases and a way to start its fork. Out: one ``Report`` a case, in order. When a case
dies or runs out of time the fork is killed and the rest of the cases go on in a new one, so that a
case costs only itself. A fork that is done waits for more cases: the hidden ones come after the
public ones of all functions.
"""

from __future__ import annotations

import json
import os
import resource
import selectors
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

# By name: a student's file may put others in their place.
from time import clock_gettime, monotonic, sleep
from typing import Any

from grader.model import Call, Case, Limits
from grader.worker.channel import parted, waiting
from grader.worker.limits import KEPT_OUTPUT, MAX_DEATHS

_MESSAGES = 64  # heard in one turn
_LOOK = 0.25  # seconds after which a processor's clock is looked at

Cases = Mapping[int, Case]  # by their number in the call


@dataclass(frozen=True, slots=True)
class Report:
    """What is passed on of one case: a message for the trusted process, and the value's frame, or
    the descriptor of its memory file."""

    message: dict[str, Any]
    frame: bytes | int | None = None


@dataclass(slots=True)
class Fork:
    """A running fork, seen from the process that started it."""

    pid: int
    channel: socket.socket
    output: int
    printed: bytearray = field(default_factory=bytearray)
    total: int = 0
    fresh: bool = True
    over: bool = False
    cpu: float = 0.0  # seconds of the processor in all, once it is over
    told: float = 0.0  # those of the cases that are done

    def go_on_with(self, more: int) -> bool:
        """Hands a waiting fork more cases, as a memory file. False when it does not wait."""
        _drain(self)
        _take_output(self)  # what a thread printed meanwhile is no case's
        self.fresh = False
        try:
            socket.send_fds(self.channel, [b"w"], [more], socket.MSG_DONTWAIT)
        except OSError:
            return False
        return True

    def leave(self) -> None:
        """Tells it that there is nothing more to do."""
        self.channel.close()

    def end(self) -> None:
        """Waits a moment until it has left, or kills it."""
        self.leave()
        os.close(self.output)
        if not self.over:
            _end(self)


@dataclass(slots=True)
class Supervisor:
    """One function's forks, one after the other. ``start`` starts one on the cases it is given;
    ``more`` makes a memory file of cases; ``clear`` ends all that a dead fork left behind.
    ``isolate``: a fork for each case."""

    call: Call
    start: Callable[[Cases], Fork]
    more: Callable[[Cases], int]
    clear: Callable[[], None]
    isolate: bool = False
    fork: Fork | None = None
    deaths: int = 0

    def run(self, cases: Cases) -> Iterator[Report]:
        """Runs these cases, in as many forks as it takes. The last one is kept."""
        left = list(cases)
        while left:
            if self.deaths >= MAX_DEATHS:
                yield from (_skipped(number) for number in left)
                return
            batch = left[:1] if self.isolate else list(left)
            fork = self._fork({number: cases[number] for number in batch})
            for report in _follow(fork, self.call.limits, batch):
                left.remove(report.message["case"])
                self.deaths += _is_death(report)
                yield report
            if fork.over or self.isolate:
                self.end()
                self.clear()

    def end(self) -> None:
        """Ends the fork that was kept, if any."""
        if self.fork is not None:
            self.fork.end()
            self.fork = None

    def _fork(self, cases: Cases) -> Fork:
        if self.fork is not None:
            more = self.more(cases)
            try:
                if self.fork.go_on_with(more):
                    return self.fork
            finally:
                os.close(more)
            self.end()
        self.fork = self.start(cases)
        return self.fork


def _follow(fork: Fork, limits: Limits, batch: list[int]) -> Iterator[Report]:
    """Reports of one fork on its cases. When it ends before, the case under way has died, which is
    the last report then."""
    open_cases = set(batch)
    current: int | None = batch[0] if fork.fresh else None
    began, used = monotonic(), _used(fork)
    end = ""
    with selectors.DefaultSelector() as selector:
        selector.register(fork.channel, selectors.EVENT_READ)
        selector.register(fork.output, selectors.EVENT_READ)
        while open_cases and not end:
            left = max(0.0, began + limits.wall - monotonic())
            ready = selector.select(min(left, _LOOK) if limits.cpu else left)
            _drain(fork)
            if fork.total > limits.output:
                end = "output"
            elif not ready and _is_late(fork, limits, monotonic() - began, used):
                end = "timeout"
            for message, frame in _messages(fork.channel):
                if message is None:
                    end = end or "ended"
                    continue
                if _number(message, "done") in open_cases:
                    _drain(fork)
                    open_cases.discard(message["done"])
                    current = None
                    yield _done(fork, message, frame)
                    _let_go_on(fork)
                if _number(message, "start") in open_cases:
                    current, began, used = message["start"], monotonic(), _used(fork)
    if not open_cases:
        return
    status = _end(fork)
    _drain(fork)
    if current is not None:
        yield _died(fork, current, end, status, monotonic() - began)


def _is_late(fork: Fork, limits: Limits, elapsed: float, used: float) -> bool:
    return elapsed >= limits.wall or 0 < limits.cpu <= _used(fork) - used


def _used(fork: Fork) -> float:
    """The seconds of a processor that it has taken, by its own clock (clock_getcpuclockid(3))."""
    try:
        return clock_gettime(~fork.pid << 3 | 2)
    except OSError:  # it is gone
        return 0.0


def _is_death(report: Report) -> bool:
    """Whether the fork is gone: one whose result was too large goes on."""
    message = report.message
    return bool(message.get("kind") == "died" and message.get("reason") != "result")


def _let_go_on(fork: Fork) -> None:
    with suppress(OSError):  # it has ended, or never listens: its own loss
        fork.channel.send(b"n", socket.MSG_DONTWAIT)


def _messages(
    channel: socket.socket,
) -> Iterator[tuple[dict[str, Any] | None, bytes | int | None]]:
    """Messages that are there; ``None`` for the end of the channel. A bounded number: a fork that
    never stops talking must not stop its clock."""
    for data, descriptors in islice(waiting(channel), _MESSAGES):
        header, frame = parted(data)
        yield (_parsed(header) if data else None), (descriptors[0] if descriptors else frame)


def _parsed(data: bytes) -> dict[str, Any]:
    """What makes no sense is passed over: its case has no outcome then."""
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _number(message: dict[str, Any], key: str) -> int | None:
    value = message.get(key)
    return value if isinstance(value, int) else None


def _drain(fork: Fork) -> None:
    """Reads what was printed; keeps its beginning. A bounded number of reads: an endless print
    fills the pipe again as fast as it is read."""
    for _ in range(8):
        try:
            data = os.read(fork.output, 1 << 16)
        except BlockingIOError:
            return
        if not data:
            return
        fork.total += len(data)
        fork.printed += data[: max(0, KEPT_OUTPUT - len(fork.printed))]
        if len(data) < 1 << 16:
            return


def _end(fork: Fork) -> int:
    """Kills the fork if it still lives, and returns its wait status; 0 when it was swept away."""
    fork.over = True
    try:
        status, used = _reaped(fork)
    except ChildProcessError:
        return 0
    fork.cpu = used.ru_utime + used.ru_stime
    return status


def _reaped(fork: Fork) -> tuple[int, resource.struct_rusage]:
    ended, status, used = os.wait4(fork.pid, os.WNOHANG)
    if ended:
        return status, used
    # It closed its channel, or is out of bounds: a moment to leave by itself, then the end.
    deadline = monotonic() + 0.05
    while monotonic() < deadline:
        ended, status, used = os.wait4(fork.pid, os.WNOHANG)
        if ended:
            return status, used
        sleep(0.002)
    os.kill(fork.pid, signal.SIGKILL)
    return os.wait4(fork.pid, 0)[1:]


def _done(fork: Fork, message: dict[str, Any], frame: bytes | int | None) -> Report:
    fork.told += _seconds(message.get("cpu"))
    return Report({**message, "case": message["done"], "output": _take_output(fork)}, frame)


def _seconds(told: Any) -> float:
    """What a fork says that a case took; it may say anything."""
    return float(told) if isinstance(told, int | float) and 0 <= told < 1e6 else 0.0


def _died(fork: Fork, case: int, end: str, status: int, wall: float) -> Report:
    reason, detail = (end, "") if end in ("timeout", "output") else reason_of(status)
    message = {
        "case": case,
        "kind": "died",
        "reason": reason,
        "detail": detail,
        "output": _take_output(fork),
        "wall": wall,
        "cpu": max(0.0, fork.cpu - fork.told),
    }
    return Report(message)


def _skipped(case: int) -> Report:
    return Report({"case": case, "kind": "died", "reason": "skipped", "detail": "", "output": ""})


def reason_of(status: int) -> tuple[str, str]:
    """A wait status as (reason, detail)."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return "timeout", ""
        return "signal", signal.Signals(number).name if number <= 31 else f"signal {number}"
    return "exit", str(os.WEXITSTATUS(status))


def _take_output(fork: Fork) -> str:
    """The beginning of what a case printed; the next one starts with nothing printed."""
    text = fork.printed.decode("utf-8", "replace")
    fork.printed, fork.total = bytearray(), 0
    return text
