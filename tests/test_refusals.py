"""The grader's side of refused calls: it answers, takes note, and cannot be kept busy."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from grader.sandbox import refusals
from grader.sandbox.refusals import Refusals
from grader.worker.containment import policy, seccomp, syscalls
from grader.worker.containment.seccomp import assemble

pytestmark = pytest.mark.skipif(
    not (seccomp.is_available() and seccomp.can_be_listened()),
    reason="this kernel tells nobody of refused calls",
)


@contextmanager
def behind_the_filter(work: Callable[[], str]) -> Iterator[tuple[Refusals, socket.socket]]:
    """A child that does ``work`` behind the filter and says what came of it on a channel."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        program = assemble(policy.rules(True, 7), syscalls.machine(), listened=True)
        listener = seccomp.install_listened(program)
        socket.send_fds(theirs, [b"x"], [listener])
        os.close(listener)
        try:
            theirs.send(work().encode())
        finally:
            os._exit(0)
    theirs.close()
    listener = socket.recv_fds(ours, 1, 1)[1][0]
    heard = Refusals(listener)
    try:
        yield heard, ours
    finally:
        heard.close()
        ours.close()
        with suppress(ChildProcessError):  # a test has asked after it already
            os.waitpid(pid, 0)


def answered(heard: Refusals, channel: socket.socket) -> tuple[list[str], str]:
    """Answers until the child has spoken: the kinds that were told, and its words."""
    kinds = []
    while True:
        waiting = [channel, *([heard.descriptor] if heard.descriptor >= 0 else [])]
        ready = select.select(waiting, [], [], 10)[0]
        if channel in ready:  # first: the listener is ready too when the child has ended
            return kinds, channel.recv(100).decode()
        if heard.descriptor in ready:
            kinds.append(heard.take())
        else:
            raise AssertionError("the child said nothing")


def open_socket(family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> str:
    try:
        socket.socket(family, kind).close()
    except OSError as error:
        return str(error.errno)
    return "opened"


def test_a_refused_call_is_told_and_fails_with_eperm():
    with behind_the_filter(open_socket) as (heard, channel):
        assert answered(heard, channel) == (["network"], "1")


def test_a_program_that_it_starts_is_heard_too():
    def work() -> str:
        pid = os.fork()
        if pid == 0:
            os._exit(int(open_socket()))
        return str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    with behind_the_filter(work) as (heard, channel):
        assert answered(heard, channel) == (["network"], "1")


def test_what_libraries_try_by_themselves_is_refused_and_has_no_kind():
    quiet = socket.SOCK_STREAM | socket.SOCK_NONBLOCK
    with behind_the_filter(lambda: open_socket(socket.AF_UNIX, quiet)) as (heard, channel):
        assert answered(heard, channel) == ([""], "1")


def test_after_a_bounded_number_the_calls_fail_by_themselves(monkeypatch):
    monkeypatch.setattr(refusals, "_MOST", 5)

    def work() -> str:
        return ",".join(open_socket() for _ in range(8))

    with behind_the_filter(work) as (heard, channel):
        kinds, said = answered(heard, channel)
    assert kinds == ["network"] * 5
    assert said == "1,1,1,1,1,38,38,38"  # ENOSYS, as where there is no such call


def test_asked_when_there_is_nothing_it_does_not_wait():
    with behind_the_filter(lambda: "quiet") as (heard, channel):
        assert heard.take() == ""
        assert channel.recv(10) == b"quiet"


def test_when_all_have_ended_it_closes_and_does_not_wait():
    with behind_the_filter(lambda: "quiet") as (heard, channel):
        assert channel.recv(10) == b"quiet"
        assert channel.recv(10) == b""
        os.wait()  # older kernels tell it when the last one has been asked after
        ended = select.poll()
        ended.register(heard.descriptor, 0)
        assert ended.poll(5000)
        assert heard.take() == ""
        assert heard.descriptor == -1
