"""seccomp: rules about system calls, assembled into the program that the kernel runs on each.

In: rules and a machine. Out: a BPF program as bytes, and then a process that is held by it.

A rule names a call and the errno it gets. With checks, the call passes when all of them hold. A
check looks at the low 32 bits of one argument: every argument judged here is an ``int`` to the
kernel, or its high half is ignored there.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from grader.worker.containment import syscalls
from grader.worker.containment.forked import ask
from grader.worker.containment.numbers import LAST_KNOWN, NUMBERS
from grader.worker.containment.syscalls import ContainmentError

_ENOSYS = 38
_FULL = 0xFFFFFFFF
_X32 = 0x40000000

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_GREATER, _IF_AT_LEAST = 0x15, 0x25, 0x35
_ALLOW, _KILL_PROCESS, _ERRNO, _LISTENER = 0x7FFF0000, 0x80000000, 0x00050000, 0x7FC00000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


@dataclass(frozen=True, slots=True)
class Check:
    """Holds when ``argument & mask`` is among ``values``; with ``among=False``, when it is not."""

    argument: int
    values: tuple[int, ...]
    mask: int = _FULL
    among: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """``call`` returns ``errno`` unless there are checks and all hold. 0 is success, undone.

    ``kind`` is what a listener is told was tried; ``""`` for what it need not hear of.
    """

    call: str
    errno: int
    checks: tuple[Check, ...] = ()
    kind: str = ""


def assemble(rules: Iterable[Rule], machine: str, listened: bool = False) -> bytes:
    """The program for ``machine`` (``"x86_64"`` or ``"aarch64"``). What no rule names is allowed.
    With ``listened`` rules of some kind leave the refusing to the listener.

    A call of another architecture or of x32 ends the process: its numbers mean other calls, and no
    honest program makes one. A call newer than the table gets ENOSYS, as on an older kernel.
    """
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        program += [(_IF_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL_PROCESS)]
    program += [(_IF_GREATER, 0, 1, LAST_KNOWN), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    for rule in rules:
        number = NUMBERS[rule.call][0 if machine == "x86_64" else 1]
        if number is not None:
            program += _rule(number, rule, listened)
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def install(program: bytes) -> None:
    """Holds this process, and all that it starts, by ``program`` for ever.

    NO_NEW_PRIVS must be set. Raises ``ContainmentError``.
    """
    try:
        syscalls.load_filter(program)
    except OSError as error:
        raise ContainmentError(f"the kernel did not take the system call filter: {error}") from None


def install_listened(program: bytes) -> int:
    """The same, with a listener for what the program leaves to one. Returns its descriptor.

    Raises ``ContainmentError``.
    """
    try:
        return syscalls.load_listened_filter(program)
    except OSError as error:
        raise ContainmentError(f"the kernel did not take the system call filter: {error}") from None


def can_be_listened() -> bool:
    """Whether this kernel tells a listener of calls (Linux 5.5), tried in a fork."""

    def attempt() -> str:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        os.close(syscalls.load_listened_filter(assemble((), syscalls.machine())))
        return ""

    try:
        ask(attempt)
    except ContainmentError:
        return False
    return True


def is_available() -> bool:
    """Whether this kernel filters system calls, and this file knows the machine's numbers."""
    if not syscalls.machine():
        return False
    try:
        syscalls.prctl(syscalls.PR_GET_SECCOMP)
    except OSError:
        return False
    return True


def _rule(number: int, rule: Rule, listened: bool) -> list[Instruction]:
    refuse = (_RETURN, 0, 0, _LISTENER if listened and rule.kind else _ERRNO | rule.errno)
    if not rule.checks:
        return [(_IF_EQUAL, 0, 1, number), refuse]
    body = [step for check in rule.checks for step in (*_check(check), refuse)]
    body.append((_RETURN, 0, 0, _ALLOW))
    return [(_IF_EQUAL, 0, len(body), number), *body]


def _check(check: Check) -> list[Instruction]:
    """Falls through to the next instruction when the check fails; jumps over it when it holds."""
    last = len(check.values) - 1
    steps = [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * check.argument)]
    if check.mask != _FULL:
        steps.append((_AND, 0, 0, check.mask))
    for index, value in enumerate(check.values):
        left = last - index  # comparisons after this one
        if check.among:
            steps.append((_IF_EQUAL, left + 1, 0, value))
        else:
            steps.append((_IF_EQUAL, left, 1 if left == 0 else 0, value))
    return steps
