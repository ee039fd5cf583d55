"""The system call filter as a program: what it answers to a call, for both kinds of machine."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from grader.worker.containment import policy, seccomp
from grader.worker.containment.numbers import LAST_KNOWN, NUMBERS
from grader.worker.containment.seccomp import Check, Rule, assemble

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = tuple(ARCHITECTURE)


def answer(
    program: bytes, machine: str, number: int, *arguments: int, foreign: bool = False
) -> int:
    """Runs a BPF program as the kernel would, on one call."""
    architecture = 0x40000003 if foreign else ARCHITECTURE[machine]
    words = [value & (1 << 64) - 1 for value in (*arguments, *[0] * (6 - len(arguments)))]
    data = struct.pack("<iIQ6Q", number, architecture, 0, *words)
    at, accumulator = 0, 0
    while True:
        code, jump_true, jump_false, constant = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, constant)
        elif code == 0x54:
            accumulator &= constant
        elif code == 0x06:
            return constant
        else:
            compare = {0x15: accumulator == constant, 0x25: accumulator > constant}
            compare[0x35] = accumulator >= constant
            at += jump_true if compare[code] else jump_false


def number_of(call: str, machine: str) -> int | None:
    return NUMBERS[call][MACHINES.index(machine)]


@pytest.fixture(params=MACHINES)
def machine(request):
    return request.param


@pytest.fixture
def ask(machine):
    """``ask("socket", 2, 1)``: what the whole policy answers, on this machine."""

    def question(call, *arguments, distinct=True, abi=7):
        program = assemble(policy.rules(distinct, abi), machine)
        number = number_of(call, machine) if isinstance(call, str) else call
        if number is None:
            pytest.skip(f"{machine} has no {call}")
        return answer(program, machine, number, *arguments)

    return question


def test_every_refused_call_gets_eperm_whatever_its_arguments(machine):
    program = assemble(policy.rules(True, 7), machine)
    for call in policy.REFUSED:
        if (number := number_of(call, machine)) is not None:
            for arguments in ((), (-1,) * 6, (1, 2, 3, 4, 5, 6)):
                assert answer(program, machine, number, *arguments) == ERRNO | errno.EPERM, call


def test_every_other_number_is_allowed(machine):
    program = assemble(policy.rules(True, 7), machine)
    named = {number_of(rule.call, machine) for rule in policy.rules(True, 7)}
    others = [number for number in range(LAST_KNOWN + 1) if number not in named]
    assert len(others) > 250
    assert {answer(program, machine, number) for number in others} == {ALLOW}


def test_calls_that_the_table_does_not_know_are_not_there(ask):
    assert ask(LAST_KNOWN) == ALLOW
    assert ask(LAST_KNOWN + 1) == ERRNO | errno.ENOSYS
    assert ask(9999) == ERRNO | errno.ENOSYS


def test_a_foreign_architecture_ends_the_process(machine):
    program = assemble(policy.rules(True, 7), machine)
    assert answer(program, machine, LAST_KNOWN, foreign=True) == KILL
    assert answer(program, machine, LAST_KNOWN) == ALLOW


def test_x32_ends_the_process():
    program = assemble(policy.rules(True, 7), "x86_64")
    assert answer(program, "x86_64", 0x40000000 + 39) == KILL
    assert answer(program, "x86_64", -1) == KILL  # as a number it lies above x32's mark


def test_clone3_and_openat2_look_like_an_older_kernel(ask):
    assert ask("clone3") == ERRNO | errno.ENOSYS
    assert ask("openat2") == ERRNO | errno.ENOSYS


@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    [
        ("socketpair", (1, 1), True),
        ("socketpair", (1, 1 | 0o2000000), True),  # SOCK_CLOEXEC
        ("socketpair", (1, 5), True),
        ("socketpair", (1, 2), False),
        ("socketpair", (2, 1), False),
        ("socketpair", (16, 1), False),
        ("socketpair", (1 | 1 << 40, 1), True),  # the kernel ignores the high half, as do we
        ("clone", (17,), True),
        ("clone", (0x01200011,), True),  # a fork as the C library makes it
        ("clone", (0x3D0F00,), True),  # and a thread
        ("clone", (0x10000011,), False),
        ("clone", (0x20011,), False),
        ("clone", (0x8011,), False),
        ("ioctl", (0, 0x5413), True),
        ("ioctl", (0, 0x5412), False),
        ("ioctl", (0, 0x541C), False),
        ("ioctl", (0, 0x5412 | 1 << 32), False),
        ("personality", (0,), True),
        ("personality", (0xFFFFFFFF,), True),
        ("personality", (0x0040000,), False),
        ("prlimit64", (0, 7), True),
        ("prlimit64", (1, 7), False),
        ("setpriority", (0, 0, 5), True),
        ("setpriority", (0, 1, 5), False),
        ("setpriority", (2, 0, 5), False),
        ("mknod", (0, 0o010600), True),
        ("mknod", (0, 0o020600), False),
        ("mknodat", (0, 0, 0o100600), True),
        ("mknodat", (0, 0, 0o060600), False),
        ("setsockopt", (3, 1, 7), True),
        ("setsockopt", (3, 1, 26), False),
        ("openat", (0, 0, 0o101, 0o644), True),
        ("openat", (0, 0, 0o101, 0o4755), False),
        ("openat", (0, 0, 0o101, 0o2755), False),
        ("open", (0, 0o101, 0o4755), False),
        ("creat", (0, 0o4755), False),
        ("fchmod", (3, 0o1777), True),
        ("fchmod", (3, 0o4755), False),
        ("fchmodat", (0, 0, 0o6755), False),
        ("fchmodat2", (0, 0, 0o6755), False),
        ("chmod", (0, 0o2755), False),
        ("kill", (-1, 9), True),  # a user of its own reaches its own processes only
        ("truncate", (0, 0), True),  # Landlock bounds it
    ],
)
def test_arguments_decide(ask, call, arguments, allowed):
    assert ask(call, *arguments) == (ALLOW if allowed else ERRNO | errno.EPERM)


def test_the_same_user_changes_no_modes_and_no_owners(ask):
    for call in ("fchmod", "fchmodat", "fchmodat2", "fchownat"):
        assert ask(call, 0, 0o644, distinct=False) == ERRNO  # success, and nothing done
    assert ask("openat", 0, 0, 0o101, 0o4755, distinct=False) == ERRNO | errno.EPERM
    assert ask("openat", 0, 0, 0o101, 0o644, distinct=False) == ALLOW


def test_kill_all_is_refused_only_where_it_would_reach_the_users_own_processes(ask):
    assert ask("kill", -1, 9, distinct=False, abi=7) == ALLOW
    assert ask("kill", -1, 9, distinct=False, abi=5) == ERRNO | errno.EPERM
    assert ask("kill", 1234, 9, distinct=False, abi=5) == ALLOW


def test_emptying_by_path_is_refused_where_landlock_does_not_bound_it(ask):
    assert ask("truncate", abi=2) == ERRNO | errno.EPERM
    assert ask("truncate", abi=3) == ALLOW


def test_a_check_can_pass_several_values_and_refuse_several():
    among = Rule("fchmod", 7, (Check(0, (1, 2, 3)), Check(1, (4, 5), among=False)))
    program = assemble((among,), "x86_64")
    number = number_of("fchmod", "x86_64")
    passed = [
        (first, second)
        for first in range(5)
        for second in range(3, 7)
        if answer(program, "x86_64", number, first, second) == ALLOW
    ]
    assert passed == [(first, second) for first in (1, 2, 3) for second in (3, 6)]
    assert answer(program, "x86_64", number, 0, 3) == ERRNO | 7


def test_the_program_is_within_the_kernels_bounds(machine):
    program = assemble(policy.rules(False, 1), machine)
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096


def test_an_unknown_call_in_the_policy_is_an_error():
    with pytest.raises(KeyError):
        assemble((Rule("no_such_call", 1),), "x86_64")


@pytest.mark.parametrize(
    ("column", "header"),
    [
        (0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        (1, "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_the_numbers_are_those_of_the_kernels_headers(column, header):
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed (Debian: linux-libc-dev)")
    text = Path(header).read_text()
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", text))
    compared = {name: numbers[column] for name, numbers in NUMBERS.items() if name in known}
    assert len(compared) > 100
    assert compared == {name: int(known[name]) for name in compared}
    absent = {name for name, numbers in NUMBERS.items() if numbers[column] is None}
    assert not absent & set(known)


def test_is_available_is_true_where_linux_filters():
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("no /proc")
    assert seccomp.is_available() == ("Seccomp:" in status.read_text())


# ---- refusals that are told

LISTENER = 0x7FC00000


def test_what_has_a_kind_is_left_to_the_listener(machine):
    rules = policy.rules(True, 7)
    quiet, listened = (assemble(rules, machine, listened=on) for on in (False, True))
    assert {rule.kind for rule in rules} - {""} <= set(policy.KINDS)
    for rule in rules:
        number = number_of(rule.call, machine)
        if number is None or rule.checks:
            continue
        assert answer(quiet, machine, number) == ERRNO | rule.errno
        expected = LISTENER if rule.kind else ERRNO | rule.errno
        assert answer(listened, machine, number) == expected, rule.call


def test_what_is_allowed_is_allowed_with_a_listener_too(machine):
    rules = policy.rules(True, 7)
    quiet, listened = (assemble(rules, machine, listened=on) for on in (False, True))
    for number in range(LAST_KNOWN + 1):
        asked = answer(quiet, machine, number, 1, 1)
        told = answer(listened, machine, number, 1, 1)
        assert (asked == ALLOW) == (told == ALLOW)


def test_a_checked_call_is_told_only_when_it_is_refused(machine):
    program = assemble(policy.rules(True, 7), machine, listened=True)
    assert answer(program, machine, number_of("clone", machine), 17) == ALLOW
    assert answer(program, machine, number_of("clone", machine), 0x10000011) == LISTENER


def test_the_listener_answers_as_the_filter_would_and_names_every_kind(machine):
    for rule in policy.rules(True, 7):
        number = number_of(rule.call, machine)
        if number is None or not rule.kind:
            continue
        refusal, kind = policy.judge(number, (2, 1, 0, 0, 0, 0), machine)
        assert refusal == rule.errno, rule.call
        assert kind in (rule.kind, policy.LOCAL_SOCKET), rule.call


def test_a_local_socket_is_told_apart_from_the_network(machine):
    number = number_of("socket", machine)
    assert policy.judge(number, (2, 1, 0, 0, 0, 0), machine)[1] == policy.NETWORK
    assert policy.judge(number, (1, 1, 0, 0, 0, 0), machine)[1] == policy.LOCAL_SOCKET


def test_what_the_c_library_asks_for_by_itself_is_refused_and_not_told(machine):
    stream_cloexec_nonblock = 1 | 0o2000000 | 0o4000
    asked = (1, stream_cloexec_nonblock, 0, 0, 0, 0)
    assert policy.judge(number_of("socket", machine), asked, machine) == (errno.EPERM, "")


def test_a_call_that_nobody_knows_is_refused(machine):
    assert policy.judge(460_000, (0,) * 6, machine) == (errno.EPERM, policy.KERNEL)
