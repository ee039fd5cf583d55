"""Ends everything that a child left behind.

In: the uid the child had, if it had one of its own. Out: how many processes were ended.
"""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict

from grader.worker.containment import state, syscalls
from grader.worker.containment.kinship import own_number, parent_of
from grader.worker.containment.syscalls import ContainmentError

_WALL_CLONE = 0x40000000  # __WALL: also children whose end sends another signal than SIGCHLD
_MOST_LOOKS = 200  # a run has 64 places
_PAUSE = 0.002  # seconds: a killed process needs about that long to go


def become_subreaper() -> None:
    """Makes this process the one that orphans below it are handed to, instead of init.

    Raises ``ContainmentError``.
    """
    try:
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    except OSError as error:
        raise ContainmentError(f"orphans would go to init: {error}") from None


def sweep(uid: int | None = None, timeout: float = 5.0, spared: int = 0) -> int:
    """Kills and reaps every descendant of this process, and all of ``uid``. Returns how many.
    ``spared`` is a child that stays, with all below it.

    Call it when the child that was waited for has ended, in a process that is its subreaper and
    has no other children. With nothing left behind it costs one call. In the warm process a pass
    stops and kills all that /proc shows below it; then a forked helper, turned into ``uid``, kills
    all that ``uid`` has, at one stroke that a fork bomb cannot outrun. Behind the closed sandbox
    /proc is not to be had: there one stroke at all that it may signal does it, and where that would
    reach too far (same user, Landlock before ABI 6) only what has already ended is reaped.

    Raises ``ContainmentError`` when some are still there after ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    ended, left = _reap(spared)
    while left:
        if not _kill(uid, spared):
            return ended
        more, left = _reap(spared)
        ended += more
        if left and time.monotonic() > deadline:
            raise ContainmentError(
                f"processes of a run could not be ended within {timeout:g} s; "
                "end this process, so that what it started does not meet the next run"
            )
        if left:
            time.sleep(_PAUSE)
    return ended


def _kill(uid: int | None, spared: int) -> bool:
    if state.signals_are_bounded():
        _kill_all_that_may_be()
        return True
    if state.is_closed() or own_number() != os.getpid():  # numbers of /proc mean others here
        return False
    _stop_all(spared)
    for pid in descendants(spared):
        _signal(pid, signal.SIGKILL)
    known = state.prepared()
    if uid is not None and known is not None and known.distinct_user and known.uid == uid:
        end_all_of(uid)
    return True


def descendants(spared: int = 0) -> tuple[int, ...]:
    """Every process below this one, from /proc, without ``spared`` and what is below that. One that
    is born meanwhile may be missing."""
    children = defaultdict(list)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (parent := parent_of(entry.path)):
            children[parent].append(int(entry.name))
    found: list[int] = []
    waiting = [own_number()]
    while waiting:
        below = [pid for pid in children.pop(waiting.pop(), []) if pid != spared]
        found += below
        waiting += below
    return tuple(found)


def _reap(spared: int) -> tuple[int, bool]:
    """Reaps what has ended: (how many, whether others than ``spared`` are left)."""
    count = 0
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG | _WALL_CLONE)
        except ChildProcessError:
            return count, False
        if pid == 0:
            return count, not spared or bool(descendants(spared))
        count += 1


def _stop_all(spared: int) -> None:
    """Until a look at /proc shows no new process. One that is stopped, or has ended and is not
    reaped, keeps its place under RLIMIT_NPROC: so a fork bomb runs out of places, where to kill one
    would make room for the next."""
    stopped: set[int] = set()
    for _ in range(_MOST_LOOKS):
        new = set(descendants(spared)) - stopped
        if not new:
            return
        for pid in new:
            _signal(pid, signal.SIGSTOP)
        stopped |= new


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return  # gone; or of another user, whom the helper speaks for


def _kill_all_that_may_be() -> None:
    try:
        os.kill(-1, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def end_all_of(uid: int) -> None:
    """Kills every process that ``uid`` runs on this machine, at one stroke. Root alone can."""
    helper = os.fork()
    if helper == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            # As root the stroke would end the machine's own processes.
            if uid > 0 and os.getresuid() == (uid, uid, uid):
                _kill_all_that_may_be()
        finally:
            os._exit(0)
    os.waitpid(helper, 0)
