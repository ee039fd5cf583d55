"""Who a child is and what that lets it do: user, groups, capabilities.

In: a uid, and whether the libraries can be read without help. Out: a process with nothing else.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from grader.worker.containment import syscalls
from grader.worker.containment.forked import ask
from grader.worker.containment.syscalls import ContainmentError

READING = 1 << syscalls.CAP_DAC_READ_SEARCH
_SWITCHING = 1 << syscalls.CAP_SETUID | 1 << syscalls.CAP_SETGID | 1 << syscalls.CAP_SETPCAP
_DEPTH = 4  # lib, pythonX.Y, site-packages, package: an unreadable install shows by then


def can_become(uid: int) -> bool:
    """Whether this process may turn into ``uid``: tried in a forked child."""
    if syscalls.get_capabilities()[0] & _SWITCHING != _SWITCHING:
        return False
    try:
        ask(lambda: str(_switch(uid)))
    except ContainmentError:  # as where a container maps only some users
        return False
    return True


def can_keep_reading() -> bool:
    """Whether CAP_DAC_READ_SEARCH is there to be kept. A container may not have it."""
    effective, permitted, _ = syscalls.get_capabilities()
    return bool(effective & permitted & READING) and bool(
        syscalls.prctl(syscalls.PR_CAPBSET_READ, syscalls.CAP_DAC_READ_SEARCH)
    )


def first_unreadable(
    uid: int,
    paths: tuple[str, ...],
    enter: Callable[[], None] = lambda: None,
    fork: Callable[[], int] = os.fork,
) -> str:
    """The first of ``paths``, or of the folders some levels below them, that ``uid`` cannot read.

    ``""`` when it can read all. A path that does not exist is passed over. ``enter`` and ``fork``
    ask it inside namespaces.
    """
    present = [path for path in paths if os.path.lexists(path)]

    def question() -> str:
        enter()
        _switch(uid)
        return next((bad for path in present if (bad := _unreadable(path, _DEPTH))), "")

    return ask(question, fork)


@cache
def last_capability() -> int:
    """The highest capability of this kernel. Ask once while there is a /proc."""
    return int(Path("/proc/sys/kernel/cap_last_cap").read_text())


@contextlib.contextmanager
def kept_over_exec() -> Iterator[None]:
    """What is started by exec meanwhile has all capabilities that this process has: whoever is not
    root loses them there, those over a user namespace of its own too. Raises ``OSError``."""
    if os.geteuid() == 0:
        yield
        return
    effective, permitted, inheritable = syscalls.get_capabilities()
    syscalls.set_capabilities(effective, permitted, permitted)
    try:
        for number in range(last_capability() + 1):
            if permitted & 1 << number:
                syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_RAISE, number)
        yield
    finally:
        syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
        syscalls.set_capabilities(effective, permitted, inheritable)


def drop_to(uid: int, keep_reading: bool) -> None:
    """Becomes ``uid`` with no group but its own and no capability, or the reading one alone.

    That one is ambient too, so that a Python started by the student reads its libraries as well.
    Raises ``ContainmentError``.
    """
    try:
        _, permitted, _ = syscalls.get_capabilities()
        kept = READING if keep_reading else 0
        # Inheritable first: it cannot be added once the bounding set is empty.
        syscalls.set_capabilities(permitted, permitted, kept)
        _empty_bounding_set()
        syscalls.prctl(syscalls.PR_SET_KEEPCAPS, int(keep_reading))
        _switch(uid)
        syscalls.set_capabilities(kept, kept, kept)
        if keep_reading:
            raise_, number = syscalls.PR_CAP_AMBIENT_RAISE, syscalls.CAP_DAC_READ_SEARCH
            syscalls.prctl(syscalls.PR_CAP_AMBIENT, raise_, number)
        syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 0)
    except OSError as error:
        raise ContainmentError(f"the child could not become user {uid}: {error}") from None
    _verify(kept)
    if os.getresuid() != (uid,) * 3 or os.getresgid() != (uid,) * 3 or os.getgroups():
        raise ContainmentError(f"the child is not user {uid} with that group alone")


def drop_capabilities() -> None:
    """Gives up every capability and stays who it is. Raises ``ContainmentError``."""
    try:
        if syscalls.get_capabilities()[0] & 1 << syscalls.CAP_SETPCAP:
            _empty_bounding_set()
        with contextlib.suppress(OSError):  # a kernel before 4.3 has no ambient ones
            syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
        syscalls.set_capabilities(0, 0, 0)
    except OSError as error:
        raise ContainmentError(f"the child kept capabilities: {error}") from None
    _verify(0)


def _switch(uid: int) -> int:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    return os.geteuid()


def _empty_bounding_set() -> None:
    for number in range(last_capability() + 1):
        syscalls.prctl(syscalls.PR_CAPBSET_DROP, number)


def _verify(kept: int) -> None:
    effective, permitted, inheritable = syscalls.get_capabilities()
    if (effective, permitted, inheritable) != (kept,) * 3:
        raise ContainmentError(f"the child has capabilities {permitted:#x}, not {kept:#x}")


def _unreadable(path: str, depth: int) -> str:
    """``path``, or the first folder or first file of a folder at or below it, not readable."""
    if not os.path.isdir(path):  # noqa: PTH112 (thousands of calls)
        return "" if os.access(path, os.R_OK) else path
    try:
        with os.scandir(path) as entries:
            found = list(entries)
    except OSError:
        return path
    files = [entry.path for entry in found if entry.is_file(follow_symlinks=False)][:1]
    folders = [entry.path for entry in found if entry.is_dir(follow_symlinks=False)]
    below = [*files, *(folders if depth else [])]
    return next((bad for child in below if (bad := _unreadable(child, depth - 1))), "")
