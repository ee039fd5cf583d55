"""How to get namespaces and control groups on this machine.

In: what /proc tells of the machine. Out: a sentence for staff: a container's flag, a sysctl, a
delegated group.
"""

from __future__ import annotations

import os
from pathlib import Path

_SETTINGS = Path("/proc/sys")
_GROUPS = Path("/sys/fs/cgroup")
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
# Of an ordinary user, who may have none: what forbids it, and the value that does.
_FORBIDDEN = {
    "kernel/apparmor_restrict_unprivileged_userns": ("1", "0"),
    "kernel/unprivileged_userns_clone": ("0", "1"),
    "user/max_user_namespaces": ("0", "10000"),
}


def in_container() -> bool:
    """Whether this looks like a container of Docker's or Podman's."""
    return any(mark.exists() for mark in _CONTAINER_MARKS)


def namespaces() -> str:
    """What makes namespaces available."""
    if in_container():
        return (
            "start the container with --cap-add SYS_ADMIN --security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined, or run the grader outside of it"
        )
    if os.geteuid() == 0:
        return "give the grader the capability SYS_ADMIN"
    wanted = [
        f"{name.replace('/', '.')}={value}"
        for name, (forbids, value) in _FORBIDDEN.items()
        if _setting(name) == forbids
    ]
    if wanted:
        return f"sudo sysctl -w {' '.join(wanted)}, or start the grader as root"
    return "start the grader as root, or ask who forbids user namespaces on this machine"


def control_groups() -> str:
    """What makes groups available."""
    if in_container():
        return (
            "start the container with --cgroupns private and a writable /sys/fs/cgroup "
            "(--privileged, or --security-opt writable-cgroups=true where the engine has it), the "
            "grader as its only process"
        )
    root = os.geteuid() == 0
    version_2 = (_GROUPS / "cgroup.controllers").exists()
    if version_2 and os.access(_GROUPS, os.W_OK if root else os.R_OK):
        # There a group that others are in hands nothing on: the grader needs one for itself.
        return f"systemd-run {'' if root else '--user '}--scope -p Delegate=yes grader ..."
    if root:
        return "mount /sys/fs/cgroup writable, with the controllers memory and pids"
    return "start the grader as root"


def _setting(name: str) -> str:
    try:
        return (_SETTINGS / name).read_text().strip()
    except OSError:
        return ""
