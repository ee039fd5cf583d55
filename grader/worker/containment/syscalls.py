"""The few kernel calls that Python does not offer: the only file of the containment with ctypes.

In: numbers and structures. Out: what the kernel answered, or ``ContainmentError``.

    ContainmentError        a containment layer that this machine has could not be put in place
    DisturbedError          nothing is known: who tried it out was killed
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Any

from grader.worker.containment.numbers import NUMBERS

PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_GET_SECCOMP = 21
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
PR_CAP_AMBIENT_CLEAR_ALL = 4

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1 << 1, 1 << 2, 1 << 12, 1 << 14, 1 << 18
_MNT_DETACH = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000

CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_DAC_READ_SEARCH = 6, 7, 8, 2
_CAPABILITY_VERSION_3 = 0x20080522

# The same numbers on every machine that has them.
MOUNT_SETATTR = 442
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
_SECCOMP = {"x86_64": 317, "aarch64": 277}


class ContainmentError(RuntimeError):
    """A layer that this machine has could not be put in place. Run no untrusted code then."""


class DisturbedError(Exception):
    """A process that tried a layer out was killed from outside, so that nothing is known of the
    layer. It is no ``ContainmentError``: those are caught to go on without the layer."""


def is_linux() -> bool:
    return sys.platform == "linux"


def machine() -> str:
    """``"x86_64"`` or ``"aarch64"`` where the filter is known to be right, ``""`` elsewhere."""
    name = platform.machine()
    # A 32-bit Python on a 64-bit kernel makes other system calls than the filter knows.
    known = name in ("x86_64", "aarch64") and sys.maxsize > 2**32
    return name if known and is_linux() and sys.byteorder == "little" else ""


_COLLAPSE = 25  # MADV_COLLAPSE
_LIBC = ctypes.CDLL(None, use_errno=True)


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return int(result)


def prctl(option: int, value: int = 0, extra: int = 0) -> int:
    """``prctl(2)``. Raises ``OSError``."""
    long = ctypes.c_ulong
    return _checked("prctl", _LIBC.prctl(option, long(value), long(extra), long(0), long(0)))


def syscall(number: int, *arguments: Any) -> int:
    """A call by its number; ``arguments`` are ctypes values. Raises ``OSError``."""
    return _checked(f"syscall {number}", _LIBC.syscall(ctypes.c_long(number), *arguments))


def unshare(flags: int) -> None:
    """``unshare(2)``. Raises ``OSError``."""
    _checked("unshare", _LIBC.unshare(flags))


def setns(descriptor: int, flags: int) -> None:
    """``setns(2)``, the namespaces named by a process's descriptor (Linux 5.8). Raises
    ``OSError``."""
    _checked("setns", _LIBC.setns(descriptor, flags))


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """``mount(2)``. Raises ``OSError``."""
    text = [part.encode("utf-8", "surrogateescape") or None for part in (source, target, kind)]
    result = _LIBC.mount(*text, ctypes.c_ulong(flags), data.encode() or None)
    _checked(f"mount {target}", result)


def unmount(target: str) -> None:
    """Takes a mount, and all below it, out of sight. Raises ``OSError``."""
    _checked(f"umount {target}", _LIBC.umount2(os.fsencode(target), _MNT_DETACH))


def pivot_root(root: str, old: str) -> None:
    """``pivot_root(2)``. Raises ``OSError``."""
    number = NUMBERS["pivot_root"][0 if platform.machine() == "x86_64" else 1]
    syscall(number or 0, ctypes.c_char_p(os.fsencode(root)), ctypes.c_char_p(os.fsencode(old)))


def restrict_mount(target: str, attributes: int, below: bool = True) -> None:
    """Adds attributes to a mount, and to all mounts below it. None is ever taken away, which a
    less privileged namespace may not. Raises ``OSError``; needs Linux 5.12."""
    wanted = buffer(struct.pack("=QQQQ", attributes, 0, 0, 0))
    path, flags = ctypes.c_char_p(os.fsencode(target)), _AT_RECURSIVE if below else 0
    where, size = ctypes.c_int(_AT_FDCWD), ctypes.c_size_t(32)
    syscall(MOUNT_SETATTR, where, path, ctypes.c_uint(flags), wanted, size)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityWords(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def get_capabilities() -> tuple[int, int, int]:
    """This process's (effective, permitted, inheritable) capabilities as bit sets."""
    header, words = _CapabilityHeader(_CAPABILITY_VERSION_3, 0), (_CapabilityWords * 2)()
    _checked("capget", _LIBC.capget(ctypes.byref(header), words))
    low, high = words
    return (
        low.effective | high.effective << 32,
        low.permitted | high.permitted << 32,
        low.inheritable | high.inheritable << 32,
    )


def set_capabilities(effective: int, permitted: int, inheritable: int) -> None:
    """``capset(2)`` on this process. Raises ``OSError``."""
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    sets = (effective, permitted, inheritable)
    words = (_CapabilityWords * 2)(
        _CapabilityWords(*(bits & 0xFFFFFFFF for bits in sets)),
        _CapabilityWords(*(bits >> 32 for bits in sets)),
    )
    _checked("capset", _LIBC.capset(ctypes.byref(header), words))


def buffer(data: bytes) -> Any:
    """``data`` as memory that the kernel can read."""
    return ctypes.create_string_buffer(data, len(data))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def load_filter(program: bytes) -> None:
    """Puts a seccomp program (8 bytes an instruction) on this process. Raises ``OSError``."""
    described = _describe(program)
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(described))  # 2 is SECCOMP_MODE_FILTER


def load_listened_filter(program: bytes) -> int:
    """The same with a listener, on which another process hears of the calls that the program
    leaves to it (Linux 5.0). Returns its descriptor. Raises ``OSError``."""
    described = _describe(program)
    set_filter, new_listener = ctypes.c_uint(1), ctypes.c_uint(1 << 3)
    return syscall(_SECCOMP[machine()], set_filter, new_listener, ctypes.byref(described))


def _describe(program: bytes) -> _Program:
    memory = buffer(program)
    described = _Program(len(program) // 8, ctypes.addressof(memory))
    described.memory = memory  # for as long as it is described
    return described


def collapse(address: int, size: int) -> None:
    """Puts what lies there, whole huge pages, into huge pages (Linux 6.1). Raises ``OSError``."""
    _checked("madvise", _LIBC.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), _COLLAPSE))


class _Heap(ctypes.Structure):
    """What ``mallinfo2(3)`` tells: ten numbers, the last of them the free bytes at the very end."""

    _fields_ = (("others", ctypes.c_size_t * 9), ("free_at_end", ctypes.c_size_t))


def end_of_heap() -> int:
    """The address from which on the C library's heap is free. Raises ``OSError`` where the library
    does not tell (glibc 2.33 does)."""
    if not hasattr(_LIBC, "mallinfo2"):
        raise OSError(errno.ENOSYS, "mallinfo2")
    _LIBC.mallinfo2.restype, _LIBC.sbrk.restype = _Heap, ctypes.c_void_p
    return int(_LIBC.sbrk(0)) - int(_LIBC.mallinfo2().free_at_end)


def allocate(size: int) -> int:
    """``malloc(3)``: an address, which nobody frees; 0 when there is no memory."""
    _LIBC.malloc.restype = ctypes.c_void_p
    return int(_LIBC.malloc(ctypes.c_size_t(size)) or 0)


def make_semaphore(memory: Any, value: int) -> int:
    """A POSIX semaphore in shared ``memory`` (a writable buffer of 32 bytes). Its address."""
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    _checked("sem_init", _LIBC.sem_init(ctypes.c_void_p(address), 1, ctypes.c_uint(value)))
    return address
