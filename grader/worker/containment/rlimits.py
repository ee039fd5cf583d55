"""Resource limits of a child: memory, CPU, files, processes.

In: figures. Out: limits on this process that nothing below it can raise.
"""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

_PAGE = resource.getpagesize()
_NONE_AT_ALL = ("RLIMIT_CORE", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO")


def set_limits(memory: int, cpu: int, file_size: int, processes: int, open_files: int) -> None:
    """Sets them, soft and hard.

    ``memory`` and ``file_size`` are bytes; ``memory`` and ``processes`` come on top of what is
    there. ``cpu`` is seconds of each process: SIGXCPU then, SIGKILL a second later.
    """
    _set("RLIMIT_AS", _mapped() + memory)
    _set("RLIMIT_CPU", cpu, cpu + 1)
    _set("RLIMIT_FSIZE", file_size)
    _set("RLIMIT_NPROC", processes)
    _set("RLIMIT_NOFILE", open_files)
    for name in _NONE_AT_ALL:
        _set(name, 0)
    # Out of memory, the kernel ends the student's process before anybody else's.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def tasks_of(uid: int) -> int:
    """How many threads of all processes are this user's: what RLIMIT_NPROC counts."""
    return sum(_threads(entry.path, uid) for entry in os.scandir("/proc") if entry.name.isdigit())


def _threads(folder: str, uid: int) -> int:
    try:
        # A process that is not dumpable shows as root's there: its status tells whose it is.
        if os.stat(folder).st_uid not in (uid, 0):  # noqa: PTH116 (some hundred calls)
            return 0
        with open(f"{folder}/status", "rb") as file:
            lines = dict(line.split(b":", 1) for line in file if b":" in line)
    except (OSError, ValueError):
        return 0  # it ended meanwhile
    return int(lines[b"Threads"]) if int(lines[b"Uid"].split()[0]) == uid else 0


def _mapped() -> int:
    """Bytes of address space that this process has now (VmSize)."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE


def _set(name: str, soft: int, hard: int | None = None) -> None:
    """An inherited lower limit stays: an ordinary user cannot raise it, and need not."""
    kind = getattr(resource, name)
    ceiling = resource.getrlimit(kind)[1]
    wanted = soft if hard is None else hard
    hard = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    resource.setrlimit(kind, (min(soft, hard), hard))
