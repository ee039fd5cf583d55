"""The closed sandbox, attacked from inside: other processes, system calls, resources.

Each with its positive control: without the sandbox the same attempt succeeds.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from containment_helpers import IS_ROOT, NO_ACCESS, SANDBOX, refused
from containment_host import PORTABLE, Host

from grader.worker.containment import landlock

pytest_plugins = ["containment_fixtures"]
pytestmark = SANDBOX


def test_signals_reach_nobody_outside(host):
    if landlock.detect_abi() < 6 and not IS_ROOT:
        pytest.skip("needs Landlock ABI 6 or another user")
    refused(host, "signal_parent")


def test_kill_all_spares_everybody_outside(host, same_user):
    """With a signal that does no harm where it should get through after all."""
    if landlock.detect_abi() < 6:
        pytest.skip("needs Landlock ABI 6")
    with subprocess.Popen(["sleep", "60"]) as sentinel:
        sentinel.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, sentinel.pid, os.WSTOPPED | os.WNOWAIT)
        for opened in (host, same_user):
            assert opened.attempt("kill_all", int(signal.SIGCONT)).value is True
        assert _state(sentinel.pid) == "T"
        assert same_user.attempt("kill_all", int(signal.SIGCONT), closed=False).value is True
        assert _state(sentinel.pid) != "T"
        assert host.attempt("kill", sentinel.pid).error == "PermissionError"
        assert host.attempt("kill", sentinel.pid, closed=False).value is True
        assert sentinel.wait() == -signal.SIGKILL


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_before_abi_6_the_same_user_cannot_signal_all():
    with Host(abi=5) as older:
        assert older.attempt("kill_all", 0, closed=False).value is True
        assert older.attempt("kill_all", 0).errno == errno.EPERM


def test_limits_of_others_stay(host):
    refused(host, "limit_parent")


@pytest.fixture
def neighbour():
    """Another Python of the same user, which lets itself be looked into."""
    with subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as process:
        yield process.pid
        process.kill()


@pytest.mark.parametrize("how", ["trace", "steal_descriptor"])
def test_other_processes_cannot_be_looked_into(same_user, neighbour, how):
    refused(same_user, how, neighbour)


def test_memory_of_other_processes_cannot_be_read(same_user):
    parent = same_user.process.pid  # the image that the attempt is a fork of
    refused(same_user, "vm_read", parent)
    refused(same_user, "read_memory", parent, how=NO_ACCESS)


def test_environments_cannot_be_read(host, same_user):
    refused(host, "environ_of_parent", how=NO_ACCESS)
    refused(same_user, "environ_of_parent", how=NO_ACCESS)


def test_the_child_cannot_be_looked_into_by_its_like(host):
    assert host.attempt("is_readable_by_others", closed=False).value is True
    assert host.attempt("is_readable_by_others").value is False


def test_inherited_descriptors_are_closed(host):
    control = host.attempt("open_descriptors", closed=False).value
    assert len(control) > 4
    found = host.attempt("open_descriptors").value
    assert [number for number in found if number > 2] == [max(found)]  # the one that was kept


def test_the_child_leads_a_session_of_its_own(host):
    for closed in (True, False):
        leader, own = host.attempt("session", closed=closed).value
        assert (leader == own) == closed


# ---- the filter in the kernel


@pytest.mark.parametrize("distinct", [True, False])
def test_refused_calls_are_refused_by_the_filter_itself(same_user, distinct):
    """Behind the filter alone. Where a call is refused without it too (an ordinary user's
    mounts), this shows nothing, and the call is not counted."""
    control = same_user.attempt("invalid_calls", closed=False).value
    shown = {name for name, code in control.items() if code != errno.EPERM}
    assert len(shown) > (85 if IS_ROOT else 60)
    filtered = same_user.attempt("invalid_calls_filtered", distinct, closed=False).value
    assert {name for name, code in filtered.items() if code != errno.EPERM} == set()
    everything = same_user.attempt("invalid_calls").value
    assert {name for name, code in everything.items() if code != errno.EPERM} == set()


def test_calls_of_the_future_are_not_there(host):
    assert host.attempt("call_of_the_future").value == errno.ENOSYS


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 alone has these")
@pytest.mark.parametrize("how", ["x32_call", "call_of_32_bit_machine"])
def test_foreign_calls_end_the_process(host, how):
    control = host.attempt(how, closed=False)
    assert control.status == 0 or control.signal == signal.SIGSEGV  # not built into this kernel
    assert host.attempt(how).signal == signal.SIGSYS


def test_typing_into_a_terminal(host):
    """TIOCSTI, TIOCLINUX and TIOCSETD; TIOCGWINSZ comes through."""
    for command in (0x5412, 0x541C, 0x5423):
        assert host.attempt("control_nothing", command, closed=False).errno == errno.EBADF
        assert host.attempt("control_nothing", command).errno == errno.EPERM
    assert host.attempt("control_nothing", 0x5413).errno == errno.EBADF


def test_personality(host):
    no_randomization = 0x0040000
    refused(host, "set_personality", no_randomization)
    assert host.attempt("set_personality", 0xFFFFFFFF).value == 0


def test_nothing_is_left_in_the_kernel(host):
    segment = host.attempt("shared_segment", closed=False).value
    assert host.attempt("free_segment", segment, closed=False).value is True
    assert host.attempt("shared_segment").errno == errno.EPERM
    if not host.attempt("message_queue", closed=False).error:
        assert host.attempt("message_queue").errno == errno.EPERM


# ---- resources


def test_limits_are_set_and_hard(host):
    found = host.attempt("limits", memory=1 << 30, cpu=7, file_size=12345, open_files=99).value
    control = host.attempt("limits", closed=False).value
    assert found["FSIZE"] == [12345, 12345] != control["FSIZE"]
    assert found["NOFILE"] == [99, 99] != control["NOFILE"]
    assert found["CPU"] == [7, 8] != control["CPU"]
    assert found["CORE"] == [0, 0]
    soft, hard = found["AS"]
    assert 1 << 30 < soft == hard < 2 << 30


def test_memory_comes_on_top_of_what_is_there(host):
    half, twice = 128 << 20, 512 << 20
    assert host.attempt("allocate", half, memory=256 << 20).value == half
    assert host.attempt("allocate", twice, closed=False).value == twice
    outcome = host.attempt("allocate", twice, memory=256 << 20)
    assert (outcome.error, outcome.errno) == ("OSError", errno.ENOMEM)


def test_files_have_a_size(host):
    assert host.attempt("write_file", 2 << 20, closed=False).value == 2 << 20
    (host.scratch / "large").unlink()
    assert host.attempt("write_file", 2 << 20, file_size=1 << 20).errno == errno.EFBIG
    assert host.attempt("open_many", 100, closed=False).value == 100
    assert host.attempt("open_many", 100, open_files=50).errno == errno.EMFILE
    (host.scratch / "large").unlink()


def test_processor_time_ends_even_who_ignores_the_signal(host):
    assert host.attempt("spin", 0.2, cpu=1).value is True
    assert host.attempt("spin", 60.0, cpu=1).signal == signal.SIGKILL


def test_processes_are_counted(host):
    if not IS_ROOT:
        pytest.skip("how many others this user runs is not known")
    control = host.attempt("fork_many", 40, closed=False)
    assert control.value == 40
    assert host.attempt("fork_many", 40, processes=10).value < 10
    assert host.attempt("fork_many", 5, processes=10).value == 5


@pytest.mark.skipif(IS_ROOT, reason="RLIMIT_NPROC does not hold root")
def test_an_ordinary_users_other_processes_do_not_count(same_user):
    assert same_user.attempt("fork_many", 5, processes=20).value == 5
    assert same_user.attempt("fork_many", 60, processes=20).value < 40


@pytest.mark.skipif(landlock.detect_abi() < 6, reason="needs Landlock ABI 6")
@pytest.mark.parametrize(("without", "bounded"), [((), True), (("landlock",), False)])
def test_nobody_sweeps_all_who_could_reach_others(without, bounded):
    """What a plan leaves out does not hold, whatever this machine has: a child without it must not
    end everything at one stroke."""
    with Host(without=(*PORTABLE, *without)) as opened:
        assert opened.attempt("sweeps_with_one_stroke").value is bounded
