"""What this process knows of its own containment: set once before the forks, once after.

In and out: the value of ``prepare``, and whether the sandbox is closed. Kept in the module, since
a fork inherits it. It is the student's to overwrite, who by that hurts only the own run.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.worker.containment import policy


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found out and made ready in the warm process. ``layers`` are those that a child
    will have; ``program`` is the system call filter, ``b""`` where there is none."""

    pid: int
    uid: int | None
    distinct_user: bool
    keep_reading: bool
    landlock_abi: int
    program: bytes
    read_only: tuple[str, ...]
    layers: tuple[str, ...]


@dataclass(slots=True)
class _State:
    prepared: Prepared | None = None
    closed: bool = False


_STATE = _State()


def remember(prepared: Prepared) -> None:
    _STATE.prepared = prepared


def prepared() -> Prepared | None:
    return _STATE.prepared


def close() -> None:
    _STATE.closed = True


def is_closed() -> bool:
    return _STATE.closed


def signals_are_bounded() -> bool:
    """Whether ``kill(-1)`` here ends no process but the sandbox's own."""
    known = _STATE.prepared
    return (
        _STATE.closed
        and known is not None
        and policy.signals_are_bounded(known.distinct_user, known.landlock_abi)
    )
