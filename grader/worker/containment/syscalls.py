"""The few kernel calls that Python does not offer: the only file of the containment with ctypes.

In: numbers and structures. Out: what the kernel answered, or ``ContainmentError``.

    ContainmentError        a containment layer that this machine has could not be put in place
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from typing import Any

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

CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_DAC_READ_SEARCH = 6, 7, 8, 2
_CAPABILITY_VERSION_3 = 0x20080522

# The same numbers on every machine that has them.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446


class ContainmentError(RuntimeError):
    """A layer that this machine has could not be put in place. Run no untrusted code then."""


def is_linux() -> bool:
    return sys.platform == "linux"


def machine() -> str:
    """``"x86_64"`` or ``"aarch64"`` where the filter is known to be right, ``""`` elsewhere."""
    name = platform.machine()
    # A 32-bit Python on a 64-bit kernel makes other system calls than the filter knows.
    known = name in ("x86_64", "aarch64") and sys.maxsize > 2**32
    return name if known and is_linux() and sys.byteorder == "little" else ""


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
    """``unshare(2)``: for the probes of the doctor alone. Raises ``OSError``."""
    _checked("unshare", _LIBC.unshare(flags))


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
    memory = buffer(program)
    described = _Program(len(program) // 8, ctypes.addressof(memory))
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(described))  # 2 is SECCOMP_MODE_FILTER


def make_semaphore(memory: Any, value: int) -> int:
    """A POSIX semaphore in shared ``memory`` (a writable buffer of 32 bytes). Its address."""
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    _checked("sem_init", _LIBC.sem_init(ctypes.c_void_p(address), 1, ctypes.c_uint(value)))
    return address
