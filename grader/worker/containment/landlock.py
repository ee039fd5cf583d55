"""Landlock: what a process and all its children may open, whoever they are.

In: the paths that stay reachable. Out: a ruleset, and then a process that is held by it.

The kernel's own page ("Landlock: unprivileged access control", userspace-api) says what it does
not bound, whatever the rules: ``stat``, ``access``, ``chdir``, ``readlink``, ``flock``, and the
changing of owner, mode, times and extended attributes. What matters of these is in ``policy``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct

from grader.worker.containment import syscalls
from grader.worker.containment.syscalls import ContainmentError

HIGHEST_ABI = 9  # the newest one whose rights are named below

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
REFER, TRUNCATE, IOCTL_DEV, RESOLVE_UNIX = 1 << 13, 1 << 14, 1 << 15, 1 << 16
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV | RESOLVE_UNIX

_NET_TCP = 0b11  # bind and connect
_SCOPE_ABSTRACT_UNIX_AND_SIGNALS = 0b11
# The kernel would note every denial of this program in the audit log: a student could fill it.
_LOG_SAME_EXEC_OFF = 1

_DEVICES = {
    "/dev/null": READ_FILE | WRITE_FILE,
    "/dev/zero": READ_FILE,
    "/dev/urandom": READ_FILE,
    "/dev/random": READ_FILE,
}


def detect_abi() -> int:
    """The ABI that this kernel offers and this file knows; 0 where there is no Landlock."""
    if not syscalls.is_linux():
        return 0
    nothing, version = ctypes.c_void_p(0), ctypes.c_uint32(1)
    try:
        found = syscalls.syscall(
            syscalls.LANDLOCK_CREATE_RULESET, nothing, ctypes.c_size_t(0), version
        )
    except OSError:  # no such call, switched off at boot, or refused by a container's own filter
        return 0
    return min(found, HIGHEST_ABI)


def fs_rights(abi: int) -> int:
    """All file-system rights that ``abi`` can handle, as a bit set."""
    first_abi = {REFER: 2, TRUNCATE: 3, IOCTL_DEV: 5, RESOLVE_UNIX: 9}
    return (1 << 13) - 1 | sum(right for right, since in first_abi.items() if abi >= since)


def make_ruleset(abi: int, read_only: tuple[str, ...], read_write: tuple[str, ...]) -> int:
    """A descriptor of a ruleset under which these paths, and some devices, stay reachable.

    A ``read_only`` path that does not exist is passed over. Raises ``ContainmentError``.
    """
    handled = fs_rights(abi)
    # Programs in the scratch folder cannot be started, and no device can be made there.
    writable = handled & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV | RESOLVE_UNIX)
    ruleset = _create(abi, handled)
    for path in read_only:
        _allow(ruleset, path, handled & (EXECUTE | READ_FILE | READ_DIR))
    for path, rights in _DEVICES.items():
        _allow(ruleset, path, rights)
    for path in read_write:
        if not _allow(ruleset, path, writable, os.O_NOFOLLOW):
            raise ContainmentError(f"{path}: there is no such scratch folder; make it first")
    return ruleset


def restrict_self(ruleset: int, abi: int) -> None:
    """Holds this process, and all that it starts, by ``ruleset`` for ever; closes it.

    NO_NEW_PRIVS must be set. Raises ``ContainmentError``.
    """
    flags = ctypes.c_uint32(_LOG_SAME_EXEC_OFF if abi >= 7 else 0)
    try:
        syscalls.syscall(syscalls.LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), flags)
    except OSError as error:
        raise ContainmentError(f"Landlock did not take the ruleset: {error}") from None
    finally:
        os.close(ruleset)


def _create(abi: int, handled: int) -> int:
    network = _NET_TCP if abi >= 4 else 0
    scoped = _SCOPE_ABSTRACT_UNIX_AND_SIGNALS if abi >= 6 else 0
    words = 3 if abi >= 6 else 2 if abi >= 4 else 1  # what this kernel's structure holds
    attributes = struct.pack("=QQQ", handled, network, scoped)[: 8 * words]
    size, flags = ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    try:
        return syscalls.syscall(
            syscalls.LANDLOCK_CREATE_RULESET, syscalls.buffer(attributes), size, flags
        )
    except OSError as error:
        raise ContainmentError(f"Landlock (ABI {abi}) made no ruleset: {error}") from None


def _allow(ruleset: int, path: str, rights: int, flags: int = 0) -> bool:
    """Adds a rule for what is at and below ``path``. False when nothing is there."""
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC | flags)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return False
        raise ContainmentError(f"{path}: a rule for it could not be made: {error}") from None
    try:
        mode = os.fstat(target).st_mode
        if stat.S_ISLNK(mode):
            raise ContainmentError(f"{path}: a symbolic link cannot be a scratch folder")
        _add_rule(ruleset, target, rights if stat.S_ISDIR(mode) else rights & _OF_FILES, path)
    finally:
        os.close(target)
    return True


def _add_rule(ruleset: int, target: int, rights: int, path: str) -> None:
    rule = syscalls.buffer(struct.pack("=Qi", rights, target))
    path_beneath, flags = ctypes.c_int(1), ctypes.c_uint32(0)
    try:
        syscalls.syscall(
            syscalls.LANDLOCK_ADD_RULE, ctypes.c_int(ruleset), path_beneath, rule, flags
        )
    except OSError as error:
        raise ContainmentError(f"{path}: Landlock refused a rule for it: {error}") from None
