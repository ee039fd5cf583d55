"""What a fork takes along of its parent, with whom it ends, and who is whose child.

In: descriptors, or numbers of processes. Out: a process that keeps only these descriptors, and that
is killed when its parent ends.
"""

from __future__ import annotations

import os
import select
import signal
from itertools import pairwise

from grader.worker.containment import syscalls


def end_with(parent: int) -> None:
    """Has the kernel kill this process when its parent ends, and ends now if it already has.

    ``parent`` is the parent's descriptor (``pidfd_open``): its number would be 0 for whoever sits
    in a pid namespace below it. The kernel forgets this when a process changes its user.
    """
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([parent], [], [], 0)[0]:
        os._exit(1)


def close_all_but(kept: tuple[int, ...]) -> None:
    """Closes every descriptor above 2 that is not among ``kept``."""
    edges = [2, *sorted(number for number in set(kept) if number > 2), 1 << 30]
    for low, high in pairwise(edges):
        os.closerange(low + 1, high)


def hide_memory() -> None:
    """Closes this process's memory and descriptors to other processes of its user. What it starts
    by exec is not concerned."""
    if syscalls.is_linux():
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)


def own_number() -> int:
    """This process's number as /proc has it; in a pid namespace ``os.getpid`` is another."""
    return int(os.readlink("/proc/self"))  # noqa: PTH115


def parent_of(folder: str) -> int:
    """The number of the parent of the process at ``folder`` of /proc; 0 when it is gone."""
    try:
        with open(f"{folder}/stat", "rb") as file:
            # The name, in brackets, is the process's own choice: it may hold anything.
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0  # it ended meanwhile
