"""What a contained job takes, of every process that has a part in it.

In: a job to plan, a sandbox. Out: CPU and wall seconds, and what was observed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.direct import Spent
from grader.model import Job, Observation
from grader.sandbox import WarmSandbox

TICK = os.sysconf("SC_CLK_TCK")


class Clock:
    """CPU seconds of this process, of the warm one and of its keeper."""

    def __init__(self, pid: int) -> None:
        self._warm = pid
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self._keepers = [int(number) for number in below]

    def now(self) -> float:
        """Without any process's children."""
        return time.process_time() + sum(map(_own_cpu, (self._warm, *self._keepers)))

    def rooms(self) -> float:
        """What the keeper's children took, in hundredths."""
        return sum(map(_children_cpu, self._keepers))


def _own_cpu(pid: int) -> float:
    # The clock of another process: clock_getcpuclockid(3) has no binding, its number is this.
    return time.clock_gettime((~pid << 3) | 2)


def _children_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[13:15])) / TICK


def contained(
    planned: Callable[[], Job], sandbox: WarmSandbox, clock: Clock
) -> tuple[Spent, Observation]:
    """The planning of a job, and its run. The keeper's children are not in it (``Clock.rooms``)."""
    cpu, wall = clock.now(), time.monotonic()
    observation = sandbox.run(planned())
    wall = time.monotonic() - wall
    return Spent(clock.now() - cpu + observation.cpu, wall), observation
