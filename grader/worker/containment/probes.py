"""What this machine has to contain students' code with: the table of ``grader doctor``.

In: nothing. Out: a ``Layer`` for each, probed in short forked children so that nothing sticks.

Namespaces and cgroups are looked for but not used yet: their place is marked in
``plan.close_sandbox``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.worker.containment import landlock, leftovers, privileges, rlimits, seccomp, syscalls
from grader.worker.containment.forked import ask
from grader.worker.containment.seccomp import Rule
from grader.worker.containment.syscalls import ContainmentError

_CGROUPS = Path("/sys/fs/cgroup")
_NEWUSER, _NEWNS, _NEWPID, _NEWNET, _NEWIPC, _NEWUTS = (
    0x10000000,
    0x20000,
    0x20000000,
    0x40000000,
    0x8000000,
    0x4000000,
)
_PROBE_UID = 65_518  # of the same range as `sandbox.users`, so as likely to be mapped
_UNUSED = "available, not yet used"


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
        _user_namespaces(),
        _namespaces_as_root(),
        _cgroups("memory"),
        _cgroups("pids"),
    )


def _try(attempt: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, ask(attempt)
    except ContainmentError as error:
        return False, str(error).removeprefix("a probe of this machine failed: ")


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
        "a submission can read every file that its user can: hidden cases are refused",
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


def _user_namespaces() -> Layer:
    def attempt() -> str:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(_PROBE_UID, _PROBE_UID, _PROBE_UID)
            os.setresuid(_PROBE_UID, _PROBE_UID, _PROBE_UID)
        syscalls.unshare(_NEWUSER | _NEWNS)
        return _UNUSED

    return Layer(
        "user namespaces (unprivileged)",
        *_try(attempt),
        "no private file system and no private network without root",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or start as root",
    )


def _namespaces_as_root() -> Layer:
    def attempt() -> str:
        if os.geteuid() != 0:
            raise OSError("the grader was started as an ordinary user")
        syscalls.unshare(_NEWNS | _NEWPID | _NEWNET | _NEWIPC | _NEWUTS)
        return _UNUSED

    return Layer(
        "mount, pid, net namespaces (root)",
        *_try(attempt),
        "no private scratch of a bounded size: it is watched and the run is killed past its bound",
        "start as root, in a container with SYS_ADMIN",
    )


def _cgroups(controller: str) -> Layer:
    def attempt() -> str:
        folder, version = _own_cgroup(controller)
        probe = folder / f"grader-probe-{os.getpid()}"
        probe.mkdir()
        try:
            if version == 2 and not (probe / f"{controller}.max").exists():
                raise OSError(f"{controller} is not delegated below {folder}")
        finally:
            with suppress(OSError):
                probe.rmdir()
        return f"version {version}, {_UNUSED}"

    bound = {"memory": "memory", "pids": "the number of processes"}[controller]
    return Layer(
        f"cgroup {controller}",
        *_try(attempt),
        f"{bound} is limited for each process or user, not for a run as a whole",
        "start as root, or have the cgroup delegated (systemd: Delegate=yes)",
    )


def _own_cgroup(controller: str) -> tuple[Path, int]:
    """The folder of this process's cgroup that has ``controller``, and the version."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            folder = _CGROUPS / controller / path.lstrip("/")
            return (folder if folder.is_dir() else _CGROUPS / controller), 1
        if not names and (_CGROUPS / "cgroup.controllers").exists():
            return _CGROUPS / path.lstrip("/"), 2
    raise OSError("no such controller is mounted")
