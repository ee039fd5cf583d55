"""What this process knows of its own containment: set once before the forks, once after.

In and out: the value of ``prepare``, and whether the sandbox is closed. Kept in the module, since
a fork inherits it. It is the student's to overwrite, who by that hurts only the own run.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.worker.containment import policy
from grader.worker.containment.cgroups import Group
from grader.worker.containment.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Filters:
    """The system call filter, and the same with refusals told to a listener; ``b""`` where there
    is none."""

    program: bytes = b""
    listened: bytes = b""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found out and made ready in the warm process.

    ``handle`` is the warm process's own descriptor (a pidfd). The filters differ by whether a run
    has namespaces. ``missing`` maps a layer that is not to be had to the reason.
    """

    handle: int
    uid: int | None
    distinct_user: bool
    keep_reading: bool
    landlock_abi: int
    portable: Filters
    in_room: Filters
    read_only: tuple[str, ...]
    keeper: Keeper | None = None
    group: Group | None = None
    missing: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _State:
    prepared: Prepared | None = None
    closed: bool = False
    separated: bool = False
    distinct: bool = False
    bounded: bool = False
    out_of_memory: int = 0
    group_memory: int = 0


_STATE = _State()


def remember(prepared: Prepared) -> None:
    _STATE.prepared = prepared


def prepared() -> Prepared | None:
    return _STATE.prepared


def newly(out_of_memory: int) -> int:
    """How many more there are than when it was asked last."""
    before, _STATE.out_of_memory = _STATE.out_of_memory, out_of_memory
    return out_of_memory - before


def bound_group(memory: int) -> None:
    """Gives the run that begins its share of memory, where there is a group to hold it."""
    group = _STATE.prepared.group if _STATE.prepared is not None else None
    if group is not None and memory != _STATE.group_memory:
        group.bound(memory)
        _STATE.group_memory = memory


def separate() -> None:
    _STATE.separated = True


def is_separated() -> bool:
    """Whether this process is in a user and a pid namespace of its own."""
    return _STATE.separated


def close(in_room: bool, distinct: bool, landlock_abi: int) -> None:
    """What holds this process from now on: not what could be had, but what its plan took of it."""
    _STATE.closed, _STATE.distinct = True, distinct
    _STATE.bounded = in_room or policy.signals_are_bounded(distinct, landlock_abi)


def is_closed() -> bool:
    return _STATE.closed


def signals_are_bounded() -> bool:
    """Whether ``kill(-1)`` here ends no process but the sandbox's own."""
    return _STATE.closed and _STATE.bounded


def counts_own_tasks() -> bool:
    """Whether RLIMIT_NPROC counts the sandbox's own processes and threads, and no other."""
    return _STATE.closed and _STATE.distinct
