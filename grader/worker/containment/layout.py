"""The private root of a run: libraries at their own paths, to be read, and nothing else.

In: the paths that stay. Out: a process, in a mount namespace of its own, that sees only these.
``build`` makes it once for a slot; each run copies the namespace and adds ``mount_scratch``.
"""

from __future__ import annotations

import os
from pathlib import Path

from grader.worker.containment import syscalls

SCRATCH = "/scratch"  # where a run writes; the same for every run
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_BASE = "/tmp"  # any folder that is there: the new root lies over it until it is the root
_OLD = "/.old"


def build(paths: tuple[str, ...]) -> None:
    """Makes a root of ``paths`` and moves this process into it. What is not there is passed over.

    The process must have a mount namespace of its own, and may mount. Raises ``OSError``.
    """
    places = [_Place.of(path) for path in paths if os.path.exists(path)]  # noqa: PTH110
    places.sort(key=lambda place: place.real)  # a folder before what is in it, wherever links lead
    private = syscalls.MS_REC | syscalls.MS_PRIVATE
    syscalls.mount("none", "/", flags=private)  # nothing done here is seen outside
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("grader", _BASE, "tmpfs", flags, "size=1m,nr_inodes=4096,mode=755")
    old = _BASE + _OLD
    Path(old).mkdir()
    syscalls.pivot_root(_BASE, old)
    os.chdir("/")
    for place in places:
        place.put()
    for place in places:
        place.put_links()
    for device in DEVICES:
        _bind(device, device)
    Path(SCRATCH).mkdir()
    syscalls.unmount(_OLD)
    Path(_OLD).rmdir()
    syscalls.restrict_mount("/", syscalls.MOUNT_ATTR_RDONLY, below=False)


def mount_scratch(size: int, entries: int, uid: int) -> None:
    """An empty folder in memory for ``uid``, of at most ``size`` bytes and ``entries`` files and
    folders. Raises ``OSError``."""
    options = f"size={size},nr_inodes={entries + 1},mode=700,uid={uid},gid={uid}"
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("scratch", SCRATCH, "tmpfs", flags, options)


class _Place:
    """One path of the old root: what it really is, and the links that lead there."""

    def __init__(self, real: str, links: tuple[tuple[str, str], ...]) -> None:
        self.real = real
        self.links = links

    @classmethod
    def of(cls, path: str) -> _Place:
        """Resolved in the old root: an absolute link would lead elsewhere in the new one."""
        here, links = "/", []
        waiting = [part for part in path.split("/") if part not in ("", ".")]
        while waiting:
            part = waiting.pop(0)
            step = os.path.normpath(os.path.join(here, part))  # noqa: PTH118
            if part == ".." or not os.path.islink(step):  # noqa: PTH114
                here = step
                continue
            target = os.readlink(step)  # noqa: PTH115
            links.append((step, target))
            waiting = [name for name in target.split("/") if name not in ("", ".")] + waiting
            here = "/" if target.startswith("/") else here
        return cls(here, tuple(links))

    def put_links(self) -> None:
        for link, target in self.links:
            if not os.path.lexists(link):
                Path(link).parent.mkdir(parents=True, exist_ok=True)
                Path(link).symlink_to(target)

    def put(self) -> None:
        if os.path.lexists(self.real):  # below a path that is there already
            return
        _bind(self.real, self.real)
        attributes = syscalls.MOUNT_ATTR_RDONLY | syscalls.MOUNT_ATTR_NOSUID
        syscalls.restrict_mount(self.real, attributes | syscalls.MOUNT_ATTR_NODEV)


def _bind(source: str, target: str) -> None:
    place = Path(target)
    place.parent.mkdir(parents=True, exist_ok=True)
    if Path(_OLD + source).is_dir():
        place.mkdir()
    else:
        place.touch()
    syscalls.mount(_OLD + source, target, flags=syscalls.MS_BIND | syscalls.MS_REC)
