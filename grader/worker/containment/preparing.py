"""Finds out what this machine has, and makes ready what every child of a warm process needs.

In: a ``Plan``. Out: ``Prepared``, remembered for the forks. ``separate`` comes first, in a process
that has not grown yet, or in a fork of one that has; ``prepare`` before or after the imports.
"""

from __future__ import annotations

import os
import pwd
import signal

from grader.worker.containment import (
    cgroups,
    keeper,
    landlock,
    leftovers,
    policy,
    privileges,
    seccomp,
    state,
    syscalls,
)
from grader.worker.containment.forked import ask, undisturbed
from grader.worker.containment.keeper import Keeper
from grader.worker.containment.kinship import end_with
from grader.worker.containment.plan import MEMORY, NAMESPACES, SYSTEM_READ_ONLY, Plan, bounds_of
from grader.worker.containment.state import Filters, Prepared
from grader.worker.containment.syscalls import ContainmentError, DisturbedError

_OWN_NAMESPACES = syscalls.NEWUSER | syscalls.NEWPID


def separate(plan: Plan) -> None:
    """As an ordinary user, puts this process into a user and a pid namespace of its own, without
    which it may make none for its children. It goes on in a fork; the process that was started
    stays to end as that one does.

    Does nothing as root, where the plan leaves namespaces out, or where they are not to be had.
    """
    if os.geteuid() == 0 or plan.leaves_out(NAMESPACES):
        return
    uid, gid = os.geteuid(), os.getegid()  # in a new user namespace they have no names
    try:
        ask(_try_own_namespaces)
    except ContainmentError:
        return
    syscalls.unshare(_OWN_NAMESPACES)
    keeper.map_user(os.getpid(), uid, gid)
    parent = os.pidfd_open(os.getpid())
    pid = os.fork()
    if pid:
        _stay_for(pid)
    end_with(parent)
    os.close(parent)
    state.separate()


def prepare(plan: Plan, grown: bool = False) -> Prepared:
    """Finds out what this machine has and makes ready what every child needs.

    Of the plan it takes ``uid``, ``read_only`` and the bounds of a run, which the children's plans
    must share. What already runs as ``uid`` is killed: see that no two graders take the same.
    ``grown`` says that this process is large.
    Raises ``ContainmentError`` when the children could not read the libraries.
    """
    if not syscalls.is_linux():
        raise ContainmentError("students' code can be contained on Linux only: use a container")
    if plan.uid is not None:
        _refuse_account(plan.uid)
    abi = landlock.detect_abi()
    distinct = plan.uid is not None and os.geteuid() == 0 and privileges.can_become(plan.uid)
    if distinct and plan.uid is not None:  # what is left of a run whose warm process died
        leftovers.end_all_of(plan.uid)
    missing: dict[str, str] = {}
    kept = _keeper(plan, distinct, grown, missing)
    prepared = Prepared(
        handle=os.pidfd_open(os.getpid()),
        uid=plan.uid,
        distinct_user=distinct,
        keep_reading=_keeps_reading(plan, distinct, abi, kept),
        landlock_abi=abi,
        portable=_filters(distinct, abi, in_room=False),
        in_room=_filters(distinct, abi, in_room=True),
        read_only=plan.read_only,
        keeper=kept,
        group=_group(plan, missing),
        missing=tuple(missing.items()),
    )
    state.remember(prepared)
    return prepared


def settle() -> None:
    """To be called after the imports: joins the run's group, which every fork then is in from its
    first moment.

    Joining it in each child would cost the kernel a grace period each time. What the warm process
    holds by now is not counted there, and it is the last in the group to be ended for memory.
    """
    prepared = state.prepared()
    if prepared is not None and prepared.group is not None:
        prepared.group.join()


def put_away() -> None:
    """Ends what ``prepare`` started and removes what it made."""
    prepared = state.prepared()
    if prepared is None:
        return
    if prepared.keeper is not None:
        prepared.keeper.close()
    if prepared.group is not None:
        prepared.group.remove()


def try_namespaces() -> str:
    """Asks in a fork whether this user can have namespaces at all. Raises ``ContainmentError``."""
    return ask(_try_own_namespaces)


def _try_own_namespaces() -> str:
    """A mount is part of it: some systems give the namespaces, and no rights in them."""
    syscalls.unshare(_OWN_NAMESPACES | syscalls.NEWNS | keeper.OF_A_ROOM)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount("none", "/tmp", "tmpfs")
    return ""


def _stay_for(pid: int) -> None:
    """Hands on how the fork ended. Whoever ends this process ends the fork."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.closerange(3, 1 << 30)
    status = os.waitpid(pid, 0)[1]
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _refuse_account(uid: int) -> None:
    """All that runs as ``uid`` is killed between runs: it must be nobody's."""
    try:
        name = pwd.getpwuid(uid).pw_name if uid > 0 else "root"
    except KeyError:
        return
    raise ContainmentError(
        f"uid {uid} is the account {name}, whose processes would be killed: take a uid nobody has"
    )


def _keeper(plan: Plan, distinct: bool, grown: bool, missing: dict[str, str]) -> Keeper | None:
    """A keeper of namespaces, where they are to be had and wanted."""
    if plan.leaves_out(NAMESPACES):
        return None
    if os.geteuid() != 0 and not state.is_separated():
        missing[NAMESPACES] = "this user can have none"
        return None
    uid = plan.uid if distinct and plan.uid is not None else os.geteuid()
    try:
        return undisturbed(lambda: _useful_keeper(plan, uid, distinct, grown))
    except (ContainmentError, DisturbedError) as error:
        missing[NAMESPACES] = str(error)
        return None


def _useful_keeper(plan: Plan, uid: int, user: bool, grown: bool) -> Keeper:
    """One in whose rooms ``uid`` can read the libraries."""
    found = keeper.start_best(plan.read_only, uid, bounds_of(plan), user, grown)
    if not found.user or not _unreadable_in(found, uid, plan):
        return found
    # As the only user of a namespace nobody can be helped to read what is root's alone.
    found.close()
    return keeper.start(plan.read_only, uid, bounds_of(plan), user=False, grown=grown)


def _unreadable_in(found: Keeper, uid: int, plan: Plan) -> str:
    try:
        found.open_room(bounds_of(plan))
        unreadable = privileges.first_unreadable(uid, _own_paths(plan), found.enter, found.fork)
        found.close_room()
    except ContainmentError as error:  # it has made a room before, so that it can
        found.close()
        raise DisturbedError(str(error)) from None
    return unreadable


def _own_paths(plan: Plan) -> tuple[str, ...]:
    """Without the system's folders: they are every user's, but for a corner that honest code does
    not need."""
    return tuple(path for path in plan.read_only if path not in SYSTEM_READ_ONLY)


def _keeps_reading(plan: Plan, distinct: bool, abi: int, kept: Keeper | None) -> bool:
    """Whether a user of its own needs help to read the libraries: a virtual environment may lie
    below a folder that only root can enter. Landlock then bounds what the help reaches.

    Raises ``ContainmentError`` when it needs help that is not to be had.
    """
    if not distinct or plan.uid is None:
        return False
    unreadable = privileges.first_unreadable(plan.uid, _own_paths(plan))
    if not unreadable:
        return False
    if abi and privileges.can_keep_reading():
        return True
    if kept is not None and kept.user:
        return False  # needless in a private root: the folders above are the grader's own there
    raise ContainmentError(
        f"{unreadable} can be read by root only, and a student's process is not root. Install "
        "Python, the libraries and the course cache where every user can read them "
        "(as /opt), or start the grader as an ordinary user"
    )


def _filters(distinct: bool, abi: int, in_room: bool) -> Filters:
    if not seccomp.is_available():
        return Filters()
    rules = policy.rules(distinct, abi, in_room)
    machine = syscalls.machine()
    return Filters(
        seccomp.assemble(rules, machine),
        seccomp.assemble(rules, machine, listened=True) if seccomp.can_be_listened() else b"",
    )


def _group(plan: Plan, missing: dict[str, str]) -> cgroups.Group | None:
    if plan.leaves_out(MEMORY):
        return None
    try:
        return cgroups.make(plan.group_memory, plan.processes + 1)  # and the warm process
    except OSError as error:
        missing[MEMORY] = str(error)
        return None
