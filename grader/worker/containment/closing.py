"""Closes the sandbox around a child: every layer, in order.

In: a ``Plan``, in a fork of a process that was prepared. Out: the names of the layers that hold. A
layer that this machine does not have is left out of the names, and the caller decides; one that it
has and that fails raises ``ContainmentError``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.worker.containment import (
    landlock,
    privileges,
    rlimits,
    seccomp,
    state,
    syscalls,
)
from grader.worker.containment.keeper import Keeper
from grader.worker.containment.kinship import close_all_but, end_with
from grader.worker.containment.plan import (
    LANDLOCK,
    NAMESPACES,
    PRIVILEGES,
    RLIMITS,
    SECCOMP,
    USER,
    Plan,
)
from grader.worker.containment.state import Filters, Prepared
from grader.worker.containment.syscalls import ContainmentError


@dataclass(frozen=True, slots=True)
class Closed:
    """``layers`` are those that hold. ``listener`` is a descriptor on which refused calls can be
    heard of: it must leave this process before a student's code runs. -1 where there is none."""

    layers: tuple[str, ...]
    listener: int = -1


def close_sandbox(plan: Plan) -> Closed:
    """Closes the sandbox around this process for ever. Returns the layers that hold.

    Call it first in what ``spawn.fork`` returned as the child, with one thread. Raises
    ``ContainmentError``; run nothing of a student's then.
    """
    prepared = _prepared_for(plan)
    keeper = room_of(prepared, plan)
    try:
        os.setsid()
        end_with(prepared.handle)
        close_all_but((*plan.keep_fds, *_needed(prepared, keeper)))
        _limit(plan, prepared)
        if keeper is not None:
            keeper.enter()
        # The ruleset is made now, by a user who can still reach every path that it names.
        abi = 0 if plan.leaves_out(LANDLOCK) else prepared.landlock_abi
        ruleset = landlock.make_ruleset(abi, plan.read_only, plan.read_write) if abi else None
        if not plan.leaves_out(USER):
            _drop(plan, prepared, keeper)
        end_with(prepared.handle)  # again: the kernel forgets it when a process changes its user
        close_all_but((*plan.keep_fds, *([] if ruleset is None else [ruleset])))
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
        if not plan.leaves_out(PRIVILEGES):
            syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    except OSError as error:
        raise ContainmentError(f"the sandbox could not be closed: {error}") from None
    if ruleset is not None:
        landlock.restrict_self(ruleset, abi)
    filters = prepared.in_room if keeper is not None else prepared.portable
    listener = -1 if plan.leaves_out(SECCOMP) else _filter(filters, plan)
    _verify(plan, prepared)
    distinct = prepared.distinct_user and not plan.leaves_out(USER)
    state.close(keeper is not None, distinct, abi)
    return Closed(layers_of(prepared, plan), listener)


def room_of(prepared: Prepared, plan: Plan) -> Keeper | None:
    """Who keeps the namespaces of this plan's run; ``None`` where it has none."""
    return None if plan.leaves_out(NAMESPACES) else prepared.keeper


def layers_of(prepared: Prepared, plan: Plan) -> tuple[str, ...]:
    """The names of the layers that hold a child of this plan."""
    keeper, group = room_of(prepared, plan), prepared.group
    separated = keeper is not None and (keeper.user or state.is_separated())
    reading = " (reads through CAP_DAC_READ_SEARCH)" if _keeps_reading(prepared, keeper) else ""
    named = {
        RLIMITS: not plan.leaves_out(RLIMITS),
        f"{USER}{reading}": prepared.distinct_user and not plan.leaves_out(USER),
        PRIVILEGES: not plan.leaves_out(PRIVILEGES),
        NAMESPACES: separated,
        f"{NAMESPACES} (all but the user's)": keeper is not None and not separated,
        **{f"cgroup {controller}": True for controller in (group.controllers if group else ())},
        f"{LANDLOCK}:{prepared.landlock_abi}": prepared.landlock_abi > 0
        and not plan.leaves_out(LANDLOCK),
        SECCOMP: bool(prepared.portable.program) and not plan.leaves_out(SECCOMP),
    }
    return tuple(name for name, holds in named.items() if holds)


def _prepared_for(plan: Plan) -> Prepared:
    prepared = state.prepared()
    if prepared is None:
        raise ContainmentError("call prepare() in the warm process before it forks")
    if (plan.uid, plan.read_only) != (prepared.uid, prepared.read_only):
        raise ContainmentError("the plan's uid and read_only are not those that were prepared")
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise ContainmentError(
            f"the child has {threads} threads: the layers would hold one of them. Fork it from a "
            "process that runs its mathematics in one thread"
        )
    return prepared


def _needed(prepared: Prepared, keeper: Keeper | None) -> list[int]:
    """Descriptors that closing itself needs."""
    room = [] if keeper is None or keeper.room is None else [keeper.room]
    return [prepared.handle, *room]


def _limit(plan: Plan, prepared: Prepared) -> None:
    if plan.leaves_out(RLIMITS):
        return
    # RLIMIT_NPROC counts all that a user runs anywhere on the machine, not just below here. It
    # does not hold root, so that a grader which stays root is not bounded in this.
    distinct = prepared.distinct_user or os.getuid() == 0
    running = 0 if distinct else rlimits.tasks_of(os.getuid())
    processes = running + plan.processes
    rlimits.set_limits(plan.memory, plan.cpu, plan.file_size, processes, plan.open_files)


def _keeps_reading(prepared: Prepared, keeper: Keeper | None) -> bool:
    """Not in a user namespace: there, nobody's file is to be read past its mode."""
    return prepared.keep_reading and (keeper is None or not keeper.user)


def _drop(plan: Plan, prepared: Prepared, keeper: Keeper | None) -> None:
    if not prepared.distinct_user:
        privileges.drop_capabilities()
        return
    assert plan.uid is not None
    privileges.drop_to(plan.uid, _keeps_reading(prepared, keeper))
    for folder in plan.read_write:
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ContainmentError(
                f"{folder}: user {plan.uid} cannot use this scratch folder. It must own it, and "
                "every folder above must let it through; set TMPDIR to a place like /tmp"
            )


def _filter(filters: Filters, plan: Plan) -> int:
    """Puts the filter on; returns the listener, or -1 where nobody is to listen."""
    if filters.listened and plan.listen:
        return seccomp.install_listened(filters.listened)
    if filters.program:
        seccomp.install(filters.program)
    return -1


def _verify(plan: Plan, prepared: Prepared) -> None:
    """Asks the kernel, rather than trust that no call failed silently."""
    held = plan.leaves_out(PRIVILEGES) or syscalls.prctl(syscalls.PR_GET_NO_NEW_PRIVS) == 1
    if prepared.landlock_abi and not plan.leaves_out(LANDLOCK):
        held = held and not _can_list("/")
    if room_of(prepared, plan) is not None:
        held = held and not Path("/proc/self").exists()
    if prepared.portable.program and not plan.leaves_out(SECCOMP):
        held = held and syscalls.prctl(syscalls.PR_GET_SECCOMP) == 2
    if not held:
        raise ContainmentError(
            f"not all of {', '.join(layers_of(prepared, plan))} hold after closing"
        )


def _can_list(folder: str) -> bool:
    try:
        next(Path(folder).iterdir(), None)
    except PermissionError:
        return False
    return True
