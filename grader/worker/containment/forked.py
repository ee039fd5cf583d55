"""Asks a question in a short forked child, so that nothing of the answering sticks.

In: a function. Out: the text it returned.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from grader.worker.containment.syscalls import ContainmentError, DisturbedError

_TRIES = 3
_Found = TypeVar("_Found")


def ask(question: Callable[[], str], fork: Callable[[], int] = os.fork) -> str:
    """What ``question`` returns (at most 64 KiB). Raises ``ContainmentError`` when it raised, and
    ``DisturbedError`` when the child was killed each time."""
    return undisturbed(lambda: _ask_once(question, fork))


def undisturbed(attempt: Callable[[], _Found]) -> _Found:
    """What ``attempt`` returns, made again when one of its processes was killed from outside, as
    by a machine short of memory. Raises ``DisturbedError`` when that happened each time.

    A killed probe must not read as a layer that the machine has not: submissions would run with
    less around them.
    """
    for _ in range(_TRIES - 1):
        with suppress(DisturbedError):
            return attempt()
    return attempt()


def was_killed(status: int) -> bool:
    """Whether a wait status tells of SIGKILL, which none of the probes sends itself."""
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _ask_once(question: Callable[[], str], fork: Callable[[], int]) -> str:
    reading, writing = os.pipe()
    pid = fork()
    if pid == 0:
        _answer(question, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    status = os.waitpid(pid, 0)[1]
    if was_killed(status):
        raise DisturbedError("a probe of this machine was killed")
    if status != 0 or not said.startswith(b"+"):
        why = said[1:].decode("utf-8", "replace") or f"it ended with wait status {status}"
        raise ContainmentError(f"a probe of this machine failed: {why}")
    return said[1:].decode("utf-8", "replace")


def _answer(question: Callable[[], str], writing: int) -> None:
    """Never returns, whatever happens: two of the caller must not go on."""
    try:
        said = "+" + question()
    except BaseException as error:
        said = f"-{type(error).__name__}: {error}"
    try:
        os.write(writing, said.encode("utf-8", "replace")[: 64 << 10])
    finally:
        os._exit(0)
