"""What platforms do differently: pipes with a clock, and the end of all that a process started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.portable import processes
from grader.portable.pipes import Pipes
from grader.portable.processes import LeavingError, Process, marked_lines, start
from grader.portable.variables import system_variables

ECHO = "import os\nwhile data := os.read(0, 1 << 16): os.write(1, data)"


def begin(code: str) -> Process:
    with open(os.devnull, "wb") as null:
        return start((sys.executable, "-I", "-c", code), dict(os.environ), null)


def end(process: Process) -> None:
    """The end of one whose pipes nobody else closes."""
    process.end()
    for stream in (process.popen.stdin, process.popen.stdout):
        assert stream is not None
        stream.close()


def read(pipes: Pipes, count: int) -> bytes:
    found = b""
    while len(found) < count and (data := pipes.recv(count - len(found))):
        found += data
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(done, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(done())


# Pipes --------------------------------------------------------------------------------------------


def test_pipes_carry_any_amount_both_ways():
    process = begin(ECHO)
    pipes = Pipes(process.popen)
    data = bytes(range(256)) * 40_000  # more than the system keeps, and than the reader does
    pipes.settimeout(20)
    pipes.sendall(data)
    assert read(pipes, len(data)) == data
    pipes.close()
    assert process.popen.wait(20) == 0
    process.end()


def test_a_process_that_says_nothing_is_not_waited_for():
    process = begin(ECHO)
    pipes = Pipes(process.popen)
    pipes.settimeout(0.05)
    with pytest.raises(TimeoutError):
        pipes.recv(1)
    pipes.sendall(b"x")
    pipes.settimeout(20)
    assert pipes.recv(9) == b"x"
    process.end()
    assert [pipes.recv(9), pipes.recv(9)] == [b"", b""]
    pipes.close()


def test_a_process_that_does_not_listen_holds_nobody_up():
    process = begin("import time; time.sleep(600)")
    pipes = Pipes(process.popen)
    pipes.sendall(bytes(4 << 20))
    process.end()
    assert wait_for(pipes._gone.is_set)
    with pytest.raises(BrokenPipeError):
        pipes.sendall(b"x")
    pipes.close()


def test_without_pipes_there_are_none():
    with (
        subprocess.Popen([sys.executable, "-c", ""]) as process,
        pytest.raises(ValueError, match="pipes"),
    ):
        Pipes(process)


# Processes ----------------------------------------------------------------------------------------

_FAMILY = """
import os, sys, time
def daemon():
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        child = os.fork()
        if child:
            os.write(writing, b"%d" % child)
            os._exit(0)
        time.sleep(600)
    return int(os.read(reading, 99))
child = os.fork()
if child == 0: time.sleep(600)
print(child, daemon(), flush=True)
"""


@pytest.mark.parametrize("rest", ["time.sleep(600)", "os._exit(0)"], ids=["alive", "ended"])
def test_children_and_daemons_end_with_a_process_that_lives_or_has_ended(rest: str):
    process = begin(f"{_FAMILY}{rest}")
    assert process.popen.stdout is not None
    family = [int(word) for word in process.popen.stdout.readline().split()]
    assert all(map(alive, family))
    end(process)
    assert process.popen.poll() is not None
    assert not any(map(alive, family))


def test_nobody_else_is_ended():
    first, second = begin(ECHO), begin(ECHO)
    end(first)
    assert second.popen.poll() is None
    end(second)


_GRADER = """
import os, sys
from grader.portable.processes import start
with open(os.devnull, "wb") as null:
    process = start((sys.executable, "-c", "import time; time.sleep(600)"), dict(os.environ), null)
print(process.popen.pid, flush=True)
"""


def test_what_runs_ends_with_the_program_that_started_it():
    done = subprocess.run(
        [sys.executable, "-c", _GRADER], capture_output=True, text=True, check=True
    )
    assert not alive(int(done.stdout))


def test_a_program_that_ends_starts_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "_LIVE", set())
    processes._end_all()
    try:
        with pytest.raises(LeavingError):
            begin(ECHO)
    finally:
        processes._leaving.clear()


def test_where_there_are_no_groups_the_systems_tool_ends_the_tree(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """As on Windows, with a tool that notes what it is told and does it."""
    tool = tmp_path / "System32" / "taskkill.exe"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\nkill -9 -$4\n')
    tool.chmod(0o755)
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    monkeypatch.setattr(processes, "_PROCESSES", tmp_path)  # nor does anything tell who is marked
    monkeypatch.delattr(os, "killpg")
    process = begin(f"{_FAMILY}time.sleep(600)")
    assert process.popen.stdout is not None
    child, daemon = (int(word) for word in process.popen.stdout.readline().split())
    end(process)
    assert (tmp_path / "told").read_text().split() == ["/F", "/T", "/PID", str(process.popen.pid)]
    assert wait_for(lambda: not alive(child))
    monkeypatch.undo()
    processes._kill_marked(process.mark)
    assert not alive(daemon)


def test_macos_tells_the_environment_behind_the_command():
    listing = (
        "    1 /sbin/launchd\n"
        "  501 /usr/bin/python3 -I -c x HOME=/x GRADER_RUN=ab12 PATH=/bin\n"
        "  502 /usr/bin/python3 -c GRADER_RUN=ab123 \n"
        "  503 grep GRADER_RUN=ab12x\n\n"
        "  PID COMMAND GRADER_RUN=ab12\n"
    )
    assert list(marked_lines(listing, "GRADER_RUN=ab12")) == [501]


def test_only_windows_needs_variables_of_the_callers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SYSTEMROOT", raising=False)
    monkeypatch.delenv("USERPROFILE", raising=False)
    assert "PATH" not in system_variables()
    monkeypatch.setenv("SYSTEMROOT", "C:\\Windows")
    monkeypatch.setenv("PATH", "C:\\Python")
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    found = system_variables()
    assert (found["SYSTEMROOT"], found["PATH"]) == ("C:\\Windows", "C:\\Python")
    assert "SECRET_TOKEN" not in found
