"""Control groups: memory and processes of a whole run, which limits on each process do not bound.

In: bounds. Out: a ``Group`` that a child joins. One group serves all runs of a slot, one after the
other: what a run left in it is gone with the run.

Version 1 has a tree for each controller, version 2 one for all. In version 2 a group that hands
controllers on may hold no processes (the kernel's "Control Group v2", no internal process
constraint), so the grader steps aside into a group of its own first.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.worker.containment.kinship import own_number, parent_of

MOUNTS = Path("/proc/self/mountinfo")
OWN = Path("/proc/self/cgroup")
CONTROLLERS = ("memory", "pids")
_ASIDE = "grader-aside"
_PREFIX = "grader-run-"


@dataclass(frozen=True, slots=True)
class Home:
    """Where groups for runs can be made: a folder that has ``controllers``."""

    folder: Path
    version: int
    controllers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One slot's group. ``entries`` are open files: writing ``0`` to each puts a process there.
    ``folders`` are open too, since a keeper has no path to them."""

    controllers: tuple[str, ...]
    entries: tuple[int, ...]
    folders: tuple[tuple[int, int], ...]  # descriptor, version
    places: tuple[tuple[int, str], ...]  # descriptor of the home, name in it

    def join(self) -> None:
        """Puts this process into the group. Raises ``OSError``."""
        for entry in self.entries:
            os.write(entry, b"0")

    def bound(self, memory: int) -> None:
        """Sets how many bytes all processes in it may have together; it is empty but for the warm
        process. Raises ``OSError``."""
        for folder, version in self.folders:
            name = "memory.limit_in_bytes" if version == 1 else "memory.max"
            with suppress(FileNotFoundError):  # the tree of another controller
                file = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
                try:
                    os.write(file, str(memory).encode())
                finally:
                    os.close(file)

    def kills(self) -> int:
        """How many processes the kernel has ended here because they had no memory left."""
        return sum(_kills(folder, version) for folder, version in self.folders)

    def remove(self) -> None:
        """Leaves the group and takes it away. Where that cannot be (a group of version 2 that
        hands on takes no process back), whoever waits for this process tidies up."""
        for home, name in self.places:
            with suppress(OSError):
                back = os.open("cgroup.procs", os.O_WRONLY | os.O_CLOEXEC, dir_fd=home)
                with os.fdopen(back, "wb", 0) as file:
                    file.write(b"0")
                os.rmdir(name, dir_fd=home)


def homes() -> tuple[Home, ...]:
    """Where this process may make groups, at most one home for each controller.

    Raises ``OSError``, with the reason, when there is none for some controller.
    """
    found = [home_of(controller) for controller in CONTROLLERS]
    merged: dict[Path, Home] = {}
    for home in found:
        known = merged.get(home.folder, home)
        named = dict.fromkeys((*known.controllers, *home.controllers))
        merged[home.folder] = Home(home.folder, home.version, tuple(named))
    return tuple(merged.values())


def make(memory: int, tasks: int) -> Group:
    """A new group of at most ``memory`` bytes and ``tasks`` processes and threads.

    Raises ``OSError`` when none can be had.
    """
    entries: list[int] = []
    folders: list[tuple[int, int]] = []
    places: list[tuple[int, str]] = []
    held: list[str] = []
    for home in homes():
        tidy(home.folder)
        name = f"{_PREFIX}{own_number()}-{started(own_number())}"
        group = home.folder / name
        group.mkdir(exist_ok=True)
        for file, value, needed in _bounds(home, memory, tasks):
            _write(group / file, value, needed)
        entries.append(os.open(group / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC))
        folders.append((os.open(group, os.O_RDONLY | os.O_CLOEXEC), home.version))
        places.append((os.open(home.folder, os.O_RDONLY | os.O_CLOEXEC), name))
        held += home.controllers
    return Group(tuple(held), tuple(entries), tuple(folders), tuple(places))


def step_aside() -> None:
    """In version 2, moves this process out of a group that was delegated to it alone, so that the
    group can hand its controllers on. Does nothing where that is not so, or not needed."""
    with suppress(OSError):
        folder = _version_2()
        if folder is None or folder.name == _ASIDE or _is_root(folder):
            return
        inside = {int(pid) for pid in (folder / "cgroup.procs").read_text().split()}
        if not _hands_on(folder) and all(map(_is_ours, inside)):
            aside = folder / _ASIDE
            aside.mkdir(exist_ok=True)
            for pid in inside:
                (aside / "cgroup.procs").write_text(str(pid))
            _hand_on(folder)


def tidy_all() -> None:
    """Removes the groups of graders that were killed before they could, wherever this process may
    make groups itself."""
    with suppress(OSError):
        for home in homes():
            tidy(home.folder)


def tidy(home: Path) -> None:
    """Removes the groups of graders that were killed before they could."""
    for group in home.glob(f"{_PREFIX}*"):
        pid, _, born = group.name.removeprefix(_PREFIX).partition("-")
        if pid.isdigit() and started(int(pid)) != born:
            with suppress(OSError):
                group.rmdir()


def started(pid: int) -> str:
    """When a process began, in the kernel's ticks: with its number, a name that no other has.
    ``""`` when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def home_of(controller: str) -> Home:
    """Where this process may make groups that have ``controller``. Raises ``OSError``."""
    for line in OWN.read_text().splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return Home(_usable(_place(controller, path)), 1, (controller,))
    folder = _version_2()
    if folder is None:
        raise OSError("no control groups are mounted")
    if folder.name == _ASIDE:
        folder = folder.parent
    elif _is_root(folder) and not _hands_on(folder):
        _hand_on(folder)
    offered = (folder / "cgroup.subtree_control").read_text().split()
    if controller not in offered:
        raise OSError(f"{controller} is not delegated below {folder}")
    return Home(_usable(folder), 2, (controller,))


def _usable(folder: Path) -> Path:
    if not folder.is_dir():
        raise OSError(f"{folder} is not there")
    if not os.access(folder, os.W_OK):
        raise OSError(f"{folder} may not be written")
    return folder


def _version_2() -> Path | None:
    """This process's own group of version 2, where it has one with a controller."""
    own = [line[3:] for line in OWN.read_text().splitlines() if line.startswith("0::")]
    if not own:
        return None
    folder = _place("", own[0])
    return folder if (folder / "cgroup.controllers").exists() else None


def _place(controller: str, path: str) -> Path:
    """The folder of a group in the tree of ``controller``; ``""`` for the tree of version 2."""
    for line in MOUNTS.read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        fits = kind == "cgroup2" if not controller else kind == "cgroup"
        if fits and (not controller or controller in options.split(",")):
            root, where = before.split()[3:5]  # a container may see a branch of the tree alone
            return Path(where, path.removeprefix(root).lstrip("/"))
    raise OSError(f"no control groups of {controller or 'version 2'} are mounted")


def _is_root(folder: Path) -> bool:
    """The root of all groups, which may hold processes and hand on. It has no type."""
    return not (folder / "cgroup.type").exists()


def _hands_on(folder: Path) -> bool:
    offered = (folder / "cgroup.subtree_control").read_text().split()
    return set(CONTROLLERS) <= set(offered)


def _hand_on(folder: Path) -> None:
    wanted = " ".join(f"+{controller}" for controller in CONTROLLERS)
    (folder / "cgroup.subtree_control").write_text(wanted)


def _is_ours(pid: int) -> bool:
    """This process, or one below it: what else is in the group was not ours to move."""
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = parent_of(f"/proc/{pid}")
    return False


def _bounds(home: Home, memory: int, tasks: int) -> list[tuple[str, str, bool]]:
    """Files of a group, what is written there, and whether it must succeed."""
    found: list[tuple[str, str, bool]] = []
    if "memory" in home.controllers and home.version == 1:
        found += [
            ("memory.limit_in_bytes", str(memory), True),
            ("memory.memsw.limit_in_bytes", str(memory), False),  # not there without swap
        ]
    elif "memory" in home.controllers:
        found += [("memory.max", str(memory), True), ("memory.swap.max", "0", False)]
    if "pids" in home.controllers:
        found.append(("pids.max", str(tasks), True))
    return found


def _write(file: Path, value: str, needed: bool) -> None:
    try:
        file.write_text(value)
    except OSError:
        if needed:
            raise


def _kills(folder: int, version: int) -> int:
    name = "memory.oom_control" if version == 1 else "memory.events"
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    except OSError:  # the tree of another controller
        return 0
    with os.fdopen(descriptor) as file:
        lines = (line.split() for line in file)
        return sum(int(parts[1]) for parts in lines if parts[0] == "oom_kill")
