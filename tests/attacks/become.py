"""Starts a program as somebody else: an ordinary user, or root of a container like Docker's.

In (arguments): ``ordinary`` or ``container``, a folder that the program may write, the program.
Out: that program, by exec. Root starts it. Where libraries lie in folders that only root may enter,
it makes a mount namespace in which everybody may pass, as on a machine set up for others.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import grader
from grader.worker.containment import policy, privileges, seccomp, syscalls
from grader.worker.containment.seccomp import Check, Rule

ORDINARY = 60_500  # nobody's, below the users that graders and their tests take
# What Docker leaves to root: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
# net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
_OF_A_CONTAINER = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
_HOLD = Path("/mnt")


def main() -> None:
    kind, folder, *program = sys.argv[1:]
    syscalls.unshare(syscalls.NEWNS)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    let_through(needed(Path(folder)))
    if kind == "ordinary":
        as_ordinary_user(folder)
    else:
        as_root_of_a_container()
    os.environ.update(HOME=folder, TMPDIR=folder)
    os.execv(program[0], program)


def needed(folder: Path) -> list[Path]:
    """Trees that the program reads."""
    paths = sysconfig.get_paths()
    trees = [paths["stdlib"], paths["purelib"], sys.prefix, sys.base_prefix, str(folder)]
    trees += [str(Path(grader.__file__).parents[1]), os.environ.get("GRADER_CACHE", "")]
    return sorted({Path(tree).resolve() for tree in trees if tree and Path(tree).exists()})


def let_through(trees: list[Path]) -> None:
    """Puts an open folder in the place of each that lets only its owner pass, with the trees that
    are needed at their own paths."""
    closed = {}
    for tree in trees:
        gate = next((path for path in reversed(tree.parents) if _is_closed(path)), None)
        if gate is not None:
            closed.setdefault(gate, []).append(tree)
    if not closed:
        return
    syscalls.mount("none", str(_HOLD), "tmpfs", data="mode=755")
    for gate, inside in closed.items():
        held = [_held(tree, number) for number, tree in enumerate(_outermost(inside))]
        syscalls.mount("none", str(gate), "tmpfs", data="mode=755")
        for place, tree in held:
            tree.mkdir(parents=True)
            syscalls.mount(str(place), str(tree), flags=syscalls.MS_BIND | syscalls.MS_REC)


def _is_closed(path: Path) -> bool:
    return not path.stat().st_mode & 0o001


def _outermost(trees: list[Path]) -> list[Path]:
    return [tree for tree in trees if not any(one in tree.parents for one in trees)]


def _held(tree: Path, number: int) -> tuple[Path, Path]:
    place = _HOLD / f"{number}-{tree.name}"
    place.mkdir()
    syscalls.mount(str(tree), str(place), flags=syscalls.MS_BIND | syscalls.MS_REC)
    return place, tree


def as_ordinary_user(folder: str) -> None:
    os.chown(folder, ORDINARY, ORDINARY)
    os.setgroups([])
    os.setresgid(ORDINARY, ORDINARY, ORDINARY)
    os.setresuid(ORDINARY, ORDINARY, ORDINARY)


def as_root_of_a_container() -> None:
    """No namespaces, no mounts, control groups to be read alone, and Docker's capabilities."""
    if Path("/sys/fs/cgroup").is_dir():
        syscalls.restrict_mount("/sys/fs/cgroup", syscalls.MOUNT_ATTR_RDONLY)
    no_namespaces = Check(0, (0,), mask=policy._NEW_NAMESPACES)
    rules = [Rule(call, 1) for call in policy._NAMESPACES_AND_MOUNTS]
    rules += [Rule("clone", 1, (no_namespaces,)), Rule("clone3", 38)]
    seccomp.install(seccomp.assemble(rules, syscalls.machine()))
    for number in range(privileges.last_capability() + 1):
        if number not in _OF_A_CONTAINER:
            syscalls.prctl(syscalls.PR_CAPBSET_DROP, number)
    kept = sum(1 << number for number in _OF_A_CONTAINER)
    syscalls.set_capabilities(kept, kept, 0)


if __name__ == "__main__":
    main()
