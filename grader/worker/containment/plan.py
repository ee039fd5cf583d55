"""What one child may do, and the names of the layers that hold it.

In: nothing. Out: the ``Plan`` that every other module here works by.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.worker.containment.keeper import Bounds
from grader.worker.containment.layout import SCRATCH

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


RLIMITS, USER, PRIVILEGES = "rlimits", "distinct user", "no new privileges"
NAMESPACES, MEMORY, TASKS = "namespaces", "cgroup memory", "cgroup pids"
LANDLOCK, SECCOMP = "landlock", "seccomp"
PRIVATE_SCRATCH = SCRATCH


@dataclass(frozen=True, slots=True)
class Plan:
    """What one child may do.

    ``uid`` is a user (and group) that nothing else runs as, to drop to when started as root;
    ``None`` stays. ``read_only`` are the library trees and the model cache, ``read_write`` the
    scratch folder, which ``uid`` must own and reach; in namespaces it is ``PRIVATE_SCRATCH``, which
    holds ``scratch_bytes`` and ``scratch_entries``. ``memory`` (bytes) and ``processes`` come on
    top of what is there when the sandbox closes. ``cpu`` is seconds, ``file_size`` bytes.
    ``group_memory`` bounds all of a run's processes together. ``listen`` says that somebody hears
    of refused calls.

    ``without`` names layers to leave out: for tests, which show that an attack works without.
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
    scratch_bytes: int = 256 << 20
    scratch_entries: int = 4096
    group_memory: int = 4 << 30
    listen: bool = False
    without: tuple[str, ...] = ()

    def leaves_out(self, layer: str) -> bool:
        return layer in self.without


def bounds_of(plan: Plan) -> Bounds:
    """What the scratch folder of this plan's run may hold."""
    return Bounds(plan.scratch_bytes, plan.scratch_entries)
