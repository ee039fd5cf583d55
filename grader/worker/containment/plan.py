"""Closes the sandbox around a child: the portable layers, in order.

In: a ``Plan``. ``prepare`` runs once in the warm process; ``close_sandbox`` in each fork of it.
Out: the names of the layers that hold. A layer that this machine does not have is left out of the
names, and the caller decides; one that it has and that fails raises ``ContainmentError``.
"""

from __future__ import annotations

import os
import pwd
import signal
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from grader.worker.containment import (
    landlock,
    leftovers,
    policy,
    privileges,
    rlimits,
    seccomp,
    sharing,
    state,
    syscalls,
)
from grader.worker.containment.state import Prepared
from grader.worker.containment.syscalls import ContainmentError

# What honest code reads outside the libraries and the course cache. None of it tells of anybody's
# work. Of /proc only files about the machine: a folder there would show other people's processes.
SYSTEM_READ_ONLY = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",  # the loader, in a program that is started
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/proc/cpuinfo",  # ATen and numpy choose their kernels by it: without it result bits change
    "/proc/meminfo",  # psutil, which accelerate asks for free memory
    "/proc/stat",  # psutil, while it is imported
    "/sys/devices/system/cpu",  # os.cpu_count
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one child may do.

    ``uid`` is a user (and group) that nothing else runs as, to drop to when started as root;
    ``None`` stays. ``read_only`` are the library trees and the model cache, ``read_write`` the
    scratch folder, which ``uid`` must own and reach. ``memory`` (bytes) and ``processes`` come on
    top of what is there when the sandbox closes. ``cpu`` is seconds, ``file_size`` bytes.
    """

    uid: int | None
    read_only: tuple[str, ...]
    read_write: tuple[str, ...]
    keep_fds: tuple[int, ...]
    memory: int
    cpu: int
    file_size: int
    processes: int
    open_files: int


def prepare(plan: Plan) -> Prepared:
    """Finds out what this machine has and makes ready what every child needs.

    Of the plan it takes ``uid`` and ``read_only``, which the children's plans must share. What
    already runs as ``uid`` is killed: see that no two graders take the same. It also
    puts the locks of ``multiprocessing`` and the passing of tensors on ground that the sandbox
    leaves (see ``sharing``). Call it in the warm process, after its imports. Raises
    ``ContainmentError`` when the children could not read the libraries.
    """
    if not syscalls.is_linux():
        raise ContainmentError("students' code can be contained on Linux only: use a container")
    if plan.uid is not None:
        _refuse_account(plan.uid)
    abi = landlock.detect_abi()
    distinct = plan.uid is not None and os.geteuid() == 0 and privileges.can_become(plan.uid)
    keep_reading = distinct and _must_keep_reading(plan, abi)
    program = b""
    if seccomp.is_available():
        program = seccomp.assemble(policy.rules(distinct, abi), syscalls.machine())
    prepared = Prepared(
        pid=os.getpid(),
        uid=plan.uid,
        distinct_user=distinct,
        keep_reading=keep_reading,
        landlock_abi=abi,
        program=program,
        read_only=plan.read_only,
        layers=_layers(distinct, keep_reading, abi, bool(program)),
    )
    if distinct and plan.uid is not None:  # what is left of a run whose warm process died
        leftovers.end_all_of(plan.uid)
    sharing.share_without_names()
    state.remember(prepared)
    return prepared


def close_sandbox(plan: Plan) -> tuple[str, ...]:
    """Closes the sandbox around this process for ever. Returns the layers that hold.

    Call it first in a fork of the prepared process, with one thread. Raises ``ContainmentError``;
    run nothing of a student's then.
    """
    prepared = _prepared_for(plan)
    try:
        os.setsid()
        _end_with(prepared.pid)
        _close_all_but(plan.keep_fds)
        # Here come, in this order: joining the run's cgroup, and the namespaces with their id maps
        # (fork PID 1, mounts, pivot_root, fork student). `probes` tells which are to be had.
        # The ruleset is made now, by a user who can still reach every path that it names.
        ruleset = _ruleset(plan, prepared.landlock_abi)
        _limit(plan, prepared.distinct_user)
        _drop(plan, prepared)
        _end_with(prepared.pid)  # again: the kernel forgets it when a process changes its user
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    except OSError as error:
        raise ContainmentError(f"the sandbox could not be closed: {error}") from None
    if ruleset is not None:
        landlock.restrict_self(ruleset, prepared.landlock_abi)
    if prepared.program:
        seccomp.install(prepared.program)
    _verify(prepared)
    state.close()
    return prepared.layers


def _refuse_account(uid: int) -> None:
    """All that runs as ``uid`` is killed between runs: it must be nobody's."""
    try:
        name = pwd.getpwuid(uid).pw_name if uid > 0 else "root"
    except KeyError:
        return
    raise ContainmentError(
        f"uid {uid} is the account {name}, whose processes would be killed: take a uid nobody has"
    )


def _layers(distinct: bool, keep_reading: bool, abi: int, filtered: bool) -> tuple[str, ...]:
    reading = " (reads through CAP_DAC_READ_SEARCH)" if keep_reading else ""
    named = {
        "rlimits": True,
        f"distinct user{reading}": distinct,
        "no new privileges": True,
        f"landlock:{abi}": abi > 0,
        "seccomp": filtered,
    }
    return tuple(name for name, holds in named.items() if holds)


def _must_keep_reading(plan: Plan, abi: int) -> bool:
    """Whether a user of its own needs help to read the libraries: a virtual environment may lie
    below a folder that only root can enter. Landlock then bounds what the help reaches."""
    assert plan.uid is not None
    # The system's own folders are every user's, but for a corner that honest code does not need.
    own = tuple(path for path in plan.read_only if path not in SYSTEM_READ_ONLY)
    unreadable = privileges.first_unreadable(plan.uid, own)
    if not unreadable:
        return False
    if abi and privileges.can_keep_reading():
        return True
    raise ContainmentError(
        f"{unreadable} can be read by root only, and a student's process is not root. Install "
        "Python, the libraries and the course cache where every user can read them "
        "(as /opt), or start the grader as an ordinary user"
    )


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


def _end_with(parent: int) -> None:
    """Has the kernel kill this process when its parent ends; if it has already, ends now."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _close_all_but(kept: tuple[int, ...]) -> None:
    edges = [2, *sorted(number for number in set(kept) if number > 2), 1 << 30]
    for low, high in pairwise(edges):
        os.closerange(low + 1, high)


def _ruleset(plan: Plan, abi: int) -> int | None:
    return landlock.make_ruleset(abi, plan.read_only, plan.read_write) if abi else None


def _limit(plan: Plan, distinct: bool) -> None:
    # RLIMIT_NPROC counts all that a user runs anywhere on the machine, not just below here. It
    # does not hold root, so that a grader which stays root is not bounded in this.
    running = 0 if distinct or os.getuid() == 0 else rlimits.tasks_of(os.getuid())
    processes = running + plan.processes
    rlimits.set_limits(plan.memory, plan.cpu, plan.file_size, processes, plan.open_files)


def _drop(plan: Plan, prepared: Prepared) -> None:
    if not prepared.distinct_user:
        privileges.drop_capabilities()
        return
    assert plan.uid is not None
    privileges.drop_to(plan.uid, prepared.keep_reading)
    for folder in plan.read_write:
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ContainmentError(
                f"{folder}: user {plan.uid} cannot use this scratch folder. It must own it, and "
                "every folder above must let it through; set TMPDIR to a place like /tmp"
            )


def _verify(prepared: Prepared) -> None:
    """Asks the kernel, rather than trust that no call failed silently."""
    held = syscalls.prctl(syscalls.PR_GET_NO_NEW_PRIVS) == 1
    if prepared.landlock_abi:
        held = held and not _can_list("/")
    if prepared.program:
        held = held and syscalls.prctl(syscalls.PR_GET_SECCOMP) == 2
    if not held:
        raise ContainmentError(f"not all of {', '.join(prepared.layers)} hold after closing")


def _can_list(folder: str) -> bool:
    try:
        next(Path(folder).iterdir(), None)
    except PermissionError:
        return False
    return True
