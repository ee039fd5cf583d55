"""Becomes a user in a control group, then another program. In: group, uid, command. Root alone can.

A program of its own, so that nothing of process 1 is there in what it starts.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    folder, uid, *command = sys.argv[1:]
    Path(folder, "cgroup.procs").write_text("0")
    if int(uid):
        os.setgroups([])
        os.setresgid(*[int(uid)] * 3)
        os.setresuid(*[int(uid)] * 3)
    os.execv(command[0], command)
