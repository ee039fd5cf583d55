"""Starts and ends the children of a prepared process.

In: a ``Plan``. Out: a fork that ``close_sandbox`` closes, and afterwards nothing of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from grader.worker.containment import leftovers, state
from grader.worker.containment.closing import room_of
from grader.worker.containment.plan import Plan, bounds_of
from grader.worker.containment.syscalls import ContainmentError


@dataclass(frozen=True, slots=True)
class Ended:
    """What ending a run found: ``swept`` processes that were left (in a room they are not
    counted), and ``out_of_memory`` processes that the kernel had to end."""

    swept: int = 0
    out_of_memory: int = 0


def fork(plan: Plan) -> int:
    """A child for one run, in namespaces of its own where there are any; 0 in the child, which
    must call ``close_sandbox`` first. One child at a time. Raises ``ContainmentError``."""
    prepared = state.prepared()
    if prepared is None:
        raise ContainmentError("call prepare() in the warm process before it forks")
    try:
        state.bound_group(plan.group_memory)
    except OSError as error:
        raise ContainmentError(f"the run's memory could not be bounded: {error}") from None
    keeper = room_of(prepared, plan)
    if keeper is None:
        if state.is_separated():
            raise ContainmentError("a separated process has no children without namespaces")
        return os.fork()
    keeper.open_room(bounds_of(plan))
    try:
        return keeper.fork()
    except BaseException:
        keeper.close_room()
        raise


def end(plan: Plan) -> Ended:
    """Ends all that a run left behind, its own child having been waited for. Raises
    ``ContainmentError``."""
    prepared = state.prepared()
    if prepared is None:
        return Ended(leftovers.sweep(plan.uid))
    keeper = room_of(prepared, plan)
    swept = 0
    if keeper is not None:
        keeper.close_room()
    else:
        spared = prepared.keeper.pid if prepared.keeper is not None else 0
        swept = leftovers.sweep(plan.uid, spared=spared)
    return Ended(swept, state.newly(prepared.group.kills()) if prepared.group else 0)
