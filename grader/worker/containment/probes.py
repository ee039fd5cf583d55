"""What this machine has to contain students' code with: the table of ``grader doctor``.

In: nothing. Out: a ``Layer`` for each, probed in short forked children so that nothing sticks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.worker.containment import (
    advice,
    cgroups,
    keeper,
    landlock,
    leftovers,
    preparing,
    privileges,
    rlimits,
    seccomp,
    syscalls,
)
from grader.worker.containment.forked import ask
from grader.worker.containment.plan import NAMESPACES, SYSTEM_READ_ONLY
from grader.worker.containment.seccomp import Rule
from grader.worker.containment.syscalls import ContainmentError, DisturbedError

_PROBE_UID = 65_518  # of the same range as `sandbox.users`, so as likely to be mapped


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer on this machine. ``consequence_if_missing`` and ``how_to_get_it`` are sentences
    for staff, said where it is not available."""

    name: str
    available: bool
    detail: str
    consequence_if_missing: str
    how_to_get_it: str


def capabilities() -> tuple[Layer, ...]:
    """Every layer, in the order of closing. Takes some tens of milliseconds; changes nothing."""
    return (
        _limits(),
        _subreaper(),
        _user(),
        _no_new_privileges(),
        _landlock(),
        _seccomp(),
        _namespaces(),
        _cgroups("memory"),
        _cgroups("pids"),
        _refusals(),
    )


def _try(attempt: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, ask(attempt)
    except DisturbedError as error:
        return False, f"{error}: ask again"
    except ContainmentError as error:
        said = str(error).rpartition("a probe of this machine failed: ")[2]  # one may ask another
        return False, said.removeprefix("OSError: ").removeprefix("ContainmentError: ")


def _limits() -> Layer:
    def attempt() -> str:
        rlimits.set_limits(1 << 30, 60, 1 << 20, 4096, 256)
        return "memory, CPU, file size, processes, open files, no core dumps"

    return Layer(
        "rlimits",
        *_try(attempt),
        "a submission can use up this machine: no untrusted code is run",
        "run the grader on Linux",
    )


def _subreaper() -> Layer:
    def attempt() -> str:
        leftovers.become_subreaper()
        if os.getppid() and not Path("/proc/self/stat").exists():
            raise OSError("/proc is not mounted")
        return "orphans are found and killed"

    return Layer(
        "subreaper sweep",
        *_try(attempt),
        "what a submission leaves running meets the next one: no untrusted code is run",
        "run the grader on Linux, with /proc mounted",
    )


def _user() -> Layer:
    def attempt() -> str:
        if os.geteuid() != 0:
            raise OSError("the grader was started as an ordinary user")
        if not privileges.can_become(_PROBE_UID):
            raise OSError(f"user {_PROBE_UID} cannot be had here")
        return "each slot runs as a user of its own"

    return Layer(
        "distinct user",
        *_try(attempt),
        "submissions run as the user who started the grader: they see which of that user's files "
        "exist, can change those files' times, can slow that user's processes, and without "
        "Landlock read every file; before Landlock ABI 6 they can end that user's processes",
        "start the grader as root, in a container best, with SETUID, SETGID and SETPCAP",
    )


def _no_new_privileges() -> Layer:
    def attempt() -> str:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        return "setuid programs give nothing"

    return Layer(
        "no new privileges",
        *_try(attempt),
        "neither Landlock nor seccomp can be put in place: no untrusted code is run",
        "Linux 3.5 or newer",
    )


def _landlock() -> Layer:
    abi = landlock.detect_abi()
    lacks = {3: "truncating", 4: "TCP", 5: "device ioctls", 6: "signals and abstract sockets"}
    missing = [what for since, what in lacks.items() if abi < since]
    detail = f"ABI {abi}" + (f", which does not bound {', '.join(missing)}" if missing else "")
    return Layer(
        f"landlock:{abi}" if abi else "landlock",
        abi > 0,
        detail if abi else "this kernel offers none",
        "without namespaces a submission can read every file that its user can: no untrusted code "
        "is run",
        "Linux 5.13 or newer with `landlock` in the boot parameter lsm=, and a container engine "
        "whose own filter lets it through (Docker 23 or newer)",
    )


def _seccomp() -> Layer:
    def attempt() -> str:
        if not seccomp.is_available():
            raise OSError("no filter for this kernel or kind of processor")
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install(seccomp.assemble((Rule("sethostname", 95),), syscalls.machine()))
        return f"system calls are filtered ({syscalls.machine()})"

    return Layer(
        "seccomp",
        *_try(attempt),
        "a submission can use the network and every kernel call: no untrusted code is run",
        "Linux on x86-64 or 64-bit ARM, with a 64-bit Python",
    )


def _namespaces() -> Layer:
    def attempt() -> str:
        users = True
        if os.geteuid() != 0:
            preparing.try_namespaces()
        else:
            uid = _PROBE_UID if privileges.can_become(_PROBE_UID) else 0
            bounds = keeper.Bounds(1 << 20, 16)
            found = keeper.start_best(SYSTEM_READ_ONLY, uid, bounds, user=bool(uid))
            users = found.user
            found.close()
        kinds = f"{'user, ' if users else ''}mount, pid, net, ipc, uts"
        return f"{kinds}; a root and a scratch folder of a run's own"

    return Layer(
        NAMESPACES,
        *_try(attempt),
        "no private file system, no private processes and no private network: files outside are "
        "refused by Landlock alone, and the scratch folder is watched, its run being killed when "
        "it grows past its bound",
        advice.namespaces(),
    )


def _cgroups(controller: str) -> Layer:
    def attempt() -> str:
        home = cgroups.home_of(controller)
        probe = home.folder / f"grader-probe-{os.getpid()}"
        probe.mkdir()
        probe.rmdir()
        return f"version {home.version}"

    bounded = {
        "memory": "memory is bounded for each process and not for all of a run's together",
        "pids": "processes are bounded for each user, and as the grader's own user together with "
        "that user's others",
    }
    return Layer(
        f"cgroup {controller}", *_try(attempt), bounded[controller], advice.control_groups()
    )


def _refusals() -> Layer:
    def attempt() -> str:
        if not seccomp.can_be_listened():
            raise OSError("no filter with a listener")
        return "what was stopped is told in the report"

    return Layer(
        "refusals are told",
        *_try(attempt),
        "nothing else is lost: a submission reads 'Operation not permitted' alone",
        "Linux 5.5 or newer, and a container engine whose own filter lets listeners through",
    )
