"""Watches one function's fork: its messages, what it prints, its clock and its end.

In: a call and a way to start its fork. Out: one ``Report`` a case, in order. When a case dies or
runs out of time the fork is killed and the rest of the cases go on in a new one, so that a case
costs only itself.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from grader.model import Call, Limits
from grader.worker.channel import waiting
from grader.worker.limits import KEPT_OUTPUT

_MESSAGES = 64  # heard in one turn
_MAX_DEATHS = 3  # then the function's remaining cases are not tried


@dataclass(frozen=True, slots=True)
class Report:
    """What is passed on of one case: a message for the trusted process, and its memory file."""

    message: dict[str, Any]
    frame: int | None = None


@dataclass(slots=True)
class Fork:
    """A running fork, seen from the process that started it."""

    pid: int
    channel: socket.socket
    output: int
    printed: bytearray = field(default_factory=bytearray)
    total: int = 0


Starter = Callable[[list[int]], Fork]


def supervise(
    call: Call, start: Starter, finish: Callable[[Fork], None], isolate: bool = False
) -> Iterator[Report]:
    """Runs all cases of ``call``, in as many forks as it takes; ``isolate``: one a case."""
    left = list(range(len(call.cases)))
    deaths = 0
    while left:
        if deaths >= _MAX_DEATHS:
            yield from (_skipped(number) for number in left)
            return
        fork = start(left[:1] if isolate else left)
        for report in _follow(fork, call.limits, left[0]):
            left.remove(report.message["case"])
            deaths += report.message["kind"] == "died" and report.message["reason"] != "result"
            yield report
        finish(fork)


def _follow(fork: Fork, limits: Limits, first: int) -> Iterator[Report]:
    """Reports of one fork until it ended. A case that was under way then has died."""
    current: int | None = first
    began = time.monotonic()
    end = ""
    with selectors.DefaultSelector() as selector:
        selector.register(fork.channel, selectors.EVENT_READ)
        selector.register(fork.output, selectors.EVENT_READ)
        while not end:
            ready = selector.select(max(0.0, began + limits.wall - time.monotonic()))
            _drain(fork)
            if fork.total > limits.output:
                end = "output"
            elif not ready and time.monotonic() - began >= limits.wall:
                end = "timeout"
            for message, frame in _messages(fork.channel):
                if message is None:
                    end = end or "ended"
                elif "start" in message:
                    current, began = message["start"], time.monotonic()
                else:
                    _drain(fork)
                    yield _done(fork, message, frame)
                    current = None
                    _let_go_on(fork)
    status = _end(fork)
    _drain(fork)
    if current is not None:
        yield _died(fork, current, end, status, time.monotonic() - began)


def _let_go_on(fork: Fork) -> None:
    with suppress(OSError):  # it has ended, or never listens: its own loss
        fork.channel.send(b"n", socket.MSG_DONTWAIT)


def _messages(channel: socket.socket) -> Iterator[tuple[dict[str, Any] | None, int | None]]:
    """Messages that are there; ``None`` for the end of the channel. A bounded number: a fork that
    never stops talking must not stop its clock."""
    for data, descriptors in islice(waiting(channel), _MESSAGES):
        yield (json.loads(data) if data else None), (descriptors[0] if descriptors else None)


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
    """Kills the fork if it still lives, and returns its wait status."""
    ended, status = os.waitpid(fork.pid, os.WNOHANG)
    if ended:
        return status
    # It closed its channel, or is out of bounds: a moment to leave by itself, then the end.
    deadline = time.monotonic() + 0.05
    while time.monotonic() < deadline:
        ended, status = os.waitpid(fork.pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.002)
    os.kill(fork.pid, signal.SIGKILL)
    return os.waitpid(fork.pid, 0)[1]


def _done(fork: Fork, message: dict[str, Any], frame: int | None) -> Report:
    return Report({**message, "case": message["done"], "output": _take_output(fork)}, frame)


def _died(fork: Fork, case: int, end: str, status: int, wall: float) -> Report:
    reason, detail = (end, "") if end in ("timeout", "output") else reason_of(status)
    message = {
        "case": case,
        "kind": "died",
        "reason": reason,
        "detail": detail,
        "output": _take_output(fork),
        "wall": wall,
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
