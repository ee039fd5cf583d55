"""Becomes a user in a control group, then another program. Root alone can.

In: a group's folder, a uid, ``private`` for a namespace of control groups as a container has one,
and a command. A program of its own, so that nothing of process 1 is there in what it starts.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, "/grader")

from grader.worker.containment import syscalls

_NEW_GROUPS = 0x02000000


def _have_own_groups() -> None:
    syscalls.unshare(_NEW_GROUPS | syscalls.NEWNS)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.unmount("/sys/fs/cgroup")
    syscalls.mount("cgroup2", "/sys/fs/cgroup", "cgroup2")


if __name__ == "__main__":
    folder, uid, kind, *command = sys.argv[1:]
    Path(folder, "cgroup.procs").write_text("0")
    if kind == "private":
        _have_own_groups()
    if int(uid):
        os.setgroups([])
        os.setresgid(*[int(uid)] * 3)
        os.setresuid(*[int(uid)] * 3)
    os.execv(command[0], command)
