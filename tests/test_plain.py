"""Plain processes: what is run in them, how they end, what they leave behind and what they print.

They are without torch here (``plain_light``); with it they are in ``e2e/test_e2e_plain``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import plain_light
import pytest
from plain_jobs import SHORT, call, job, outcomes, told

from grader.model import Broken, Died, Raised
from grader.sandbox import PlainSandbox, SandboxError
from grader.sandbox import plain as trusted
from grader.sandbox.attempt import Attempt, reason_of

pytest_plugins = ["plain_fixtures"]


# Cases --------------------------------------------------------------------------------------------


def test_cases_run_in_one_process_in_their_order(light: PlainSandbox):
    source = "seen = []\ndef f(n):\n    seen.append(n)\n    return [os.getpid(), *seen]"
    found = [list(one.value.items) for one in outcomes(light, source, 3)]
    assert [one[1:] for one in found] == [[0], [0, 1], [0, 1, 2]]
    assert len({one[0] for one in found}) == 1


def test_with_isolation_each_case_has_a_process(light: PlainSandbox):
    source = "seen = []\ndef f(n):\n    seen.append(n)\n    return seen"
    made = job(source, call("f", 2), isolate=True)
    found = light.run(made).outcomes["f"]
    assert [list(one.value.items) for one in found.values()] == [[0], [1]]


def test_no_hidden_case_is_sent_before_all_public_ones_are_done(
    light: PlainSandbox, monkeypatch: pytest.MonkeyPatch
):
    """Not even when a public one dies in between."""
    sent: list[tuple[int, str]] = []
    ask = Attempt.ask

    def noted(attempt: Attempt, header: dict[str, int], data: bytes) -> int:
        ((_, name, *_),) = json.loads(data)
        sent.append((header["call"], name))
        return ask(attempt, header, data)

    monkeypatch.setattr(Attempt, "ask", noted)
    source = "def f(n):\n    if n == 1: os._exit(0)\n    return n\ng = f"
    seen = light.run(job(source, call("f", 3, public=2), call("g", 2, public=1)))
    public = [(0, "case 0"), (0, "case 1"), (1, "case 0")]
    assert sent == [*public, (0, "case 2"), (1, "case 1")]
    assert told([*seen.outcomes["f"].values()]) == [0, "exit", 2]


def test_what_one_function_leaves_behind_the_next_does_not_find(light: PlainSandbox):
    source = """
import torch
def f(n):
    torch.set_grad_enabled(False)
    open("left", "w").close()
    open("../left", "w").close()
    return os.getcwd()
def g(n):
    names = [name for _, _, files in os.walk("..") for name in files]
    return [torch.is_grad_enabled(), os.getcwd(), os.environ["TMPDIR"], *names]
"""
    seen = light.run(job(source, call("f", 1), call("g", 1)))
    grad, here, temporary, *names = seen.outcomes["g"]["case 0"].value.items
    assert (grad, names) == (True, [])
    assert here == temporary != seen.outcomes["f"]["case 0"].value


def test_stand_ins_are_there_for_their_call_alone(light: PlainSandbox):
    source = "def g(n): return 1\ndef f(n): return g(n)"
    probes = "def double_g(n): return 2\ndef double_h(n): return 3"
    calls = (call("f", 1), call("f", 1, doubles=("g", "h")), call("f", 1))
    seen = [
        light.run(job(source, *calls[:number], probes=probes)).outcomes["f"]["case 0"]
        for number in (1, 2)
    ]
    assert told(seen) == [1, 1]  # the first word on a case counts
    alone = light.run(job(source, calls[1], probes=probes)).outcomes["f"]["case 0"]
    assert told([alone]) == [2]


def test_it_has_a_home_of_its_own_and_nothing_of_the_callers_environment(
    light: PlainSandbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    source = "def f(n): return [os.path.expanduser('~'), os.environ['USER'], str(os.environ)]"
    ((home, user, every),) = [one.value.items for one in outcomes(light, source)]
    assert (Path(home).name, user) == ("scratch", "student")
    assert "hush" not in every


# Ends ---------------------------------------------------------------------------------------------


def test_a_death_costs_one_case_and_three_cost_the_rest(light: PlainSandbox):
    source = "def f(n):\n    if n in (1, 3, 4): os._exit(7)\n    return n"
    found = outcomes(light, source, 7)
    assert told(found) == [0, "exit", 2, "exit", "exit", "skipped", "skipped"]
    assert found[1].detail == "7"


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ("while True: pass", "timeout", ""),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "timeout", ""),
        ("while True: print('x' * 1000)", "output", ""),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "signal", "SIGSEGV"),
        ("ctypes.string_at(0)", "signal", "SIGSEGV"),
        ("os.kill(os.getpid(), 40)", "signal", "signal 40"),
        ("os.closerange(3, 256); time.sleep(60)", "ended", ""),
        ("[open(str(n), 'w').close() for n in range(9999)]; time.sleep(60)", "scratch", ""),
        ("open('f', 'wb').write(bytes(3 << 20)); time.sleep(60)", "scratch", ""),
    ],
)
def test_how_a_case_can_end(light: PlainSandbox, body: str, reason: str, detail: str):
    limits = replace(SHORT, scratch_bytes=1 << 20, scratch_inodes=99)
    (found,) = outcomes(light, f"def f(n):\n    {body}", limits=limits)
    assert isinstance(found, Died)
    assert (found.reason, found.detail, found.stage) == (reason, detail, "call")


def test_a_result_may_be_too_large(light: PlainSandbox):
    found = outcomes(light, "def f(n): return 'x' * (20_000 if n == 0 else 2)", 2)
    assert told(found) == ["result", "xx"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, ("exit", "0")),
        (-11, ("signal", "SIGSEGV")),
        (0xC0000005, ("signal", "SIGSEGV")),
        (0xC0000409, ("signal", "SIGABRT")),
    ],
)
def test_exit_codes_of_both_worlds(code: int, expected: tuple[str, str]):
    assert reason_of(code) == expected


def test_a_file_that_cannot_be_loaded_says_so_for_every_case(light: PlainSandbox):
    seen = light.run(job("print('so far')\nraise ValueError('no')", call("f", 3, public=1)))
    found = list(seen.outcomes["f"].values())
    assert [(one.type, one.stage) for one in found] == [("ValueError", "load")] * 3
    assert seen.load_output == "so far\n"


@pytest.mark.parametrize(
    ("source", "reason", "detail"),
    [("os._exit(3)", "exit", "3"), ("time.sleep(60)", "timeout", "2")],
)
def test_a_file_that_ends_while_it_is_loaded(
    light: PlainSandbox, source: str, reason: str, detail: str
):
    found = outcomes(light, source, 2)
    assert [(one.reason, one.detail, one.stage) for one in found] == [(reason, detail, "load")] * 2


def test_a_file_that_loads_only_once_loses_what_is_left(light: PlainSandbox, tmp_path: Path):
    mark = tmp_path / "mark"
    source = (
        f"if os.path.exists({str(mark)!r}): raise ValueError('again')\nopen({str(mark)!r}, 'w')\n"
        "def f(n):\n    if n == 1: os._exit(0)\n    return n"
    )
    first, second, third = outcomes(light, source, 3)
    assert told([first, second]) == [0, "exit"]
    assert isinstance(third, Raised)
    assert third.stage == "load"


def test_what_is_staffs_or_the_graders_fault_is_no_students(
    light: PlainSandbox, monkeypatch: pytest.MonkeyPatch
):
    (found,) = outcomes(light, "def f(n): return n")
    assert told([found]) == [0]
    broken = light.run(job("def f(n): return n", call("f", 1), probes="1 / 0"))
    (found,) = broken.outcomes["f"].values()
    assert isinstance(found, Broken)
    assert "ZeroDivisionError" in found.detail
    monkeypatch.setattr(trusted, "_BOOT", "import sys; sys.exit('no torch here')")
    with pytest.raises(SandboxError, match="no torch here"):
        light.run(job("", call("f", 1)))
    monkeypatch.setattr(trusted, "_COMMAND", ("/nothing/like/it",))
    with pytest.raises(SandboxError, match="could not be started"):
        light.run(job("", call("f", 1)))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


LEAVES = {
    "a child": "child = subprocess.Popen(['sleep', '600']).pid",
    "a daemon": """
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        child = os.fork()
        if child: os.write(writing, str(child).encode()); os._exit(0)
        time.sleep(600)
    child = int(os.read(reading, 99))""",
}


@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES)
def test_what_it_started_ends_with_it(light: PlainSandbox, leave: str):
    (found,) = outcomes(light, f"def f(n):\n    {leave}\n    return child")
    assert isinstance(found.value, int)
    assert not alive(found.value)


def test_who_leaves_somebody_behind_at_its_death_waits_for_nobody(light: PlainSandbox):
    source = "def f(n):\n    if n == 0 and os.fork(): os._exit(4)\n    if n == 0: time.sleep(600)\n"
    assert told(outcomes(light, f"{source}    return n", 2)) == ["exit", 1]


# Prints -------------------------------------------------------------------------------------------


def test_what_a_case_printed_is_told_with_that_case(light: PlainSandbox):
    source = "print('loads')\ndef f(n): print(f'this is {n}')"
    assert [one.output for one in outcomes(light, source, 4)] == [
        f"this is {n}\n" for n in range(4)
    ]


def test_other_programs_and_raw_writes_are_printed_too(light: PlainSandbox):
    source = (
        "def f(n):\n    subprocess.run(['echo', 'one'])\n    os.write(1, b'two\\n')\n"
        "    print('three', file=sys.stderr)"
    )
    (found,) = outcomes(light, source)
    assert found.output == "one\ntwo\nthree\n"


def test_each_case_may_print_up_to_the_limit(light: PlainSandbox):
    found = outcomes(light, "def f(n): print('x' * (90_000 if n < 3 else 9_000_000))", 4)
    assert told(found) == [None, None, None, "output"]
    assert len(found[0].output) == 8 << 10


def test_what_was_printed_before_the_end_is_told(light: PlainSandbox):
    """Nothing is flushed at such an end."""
    found = outcomes(light, "def f(n):\n    print('so far')\n    while n: pass\n    os._exit(0)", 2)
    assert told(found) == ["exit", "timeout"]
    assert [one.output for one in found] == ["so far\n"] * 2


def test_nothing_is_to_be_read_from_standard_input(light: PlainSandbox):
    assert told(outcomes(light, "def f(n): return sys.stdin.read()")) == [""]


# When the grader goes away ------------------------------------------------------------------------

_GRADER = '''
import sys, tempfile
from pathlib import Path
from grader.model import Call, Case, Job, Limits
from grader.sandbox import PlainSandbox, plain
boot, body, home = sys.argv[1:]
tempfile.tempdir = home
plain._BOOT = boot
source = f"""
import os, time
def f(n):
    with open({home!r} + "/pid", "w") as note:
        note.write(str(os.getpid()))
    {body}
"""
limits = Limits(wall=0.5 if "while" in body else 60)
calls = (Call("f", (Case("c", {"n": 1}),), ("n",), limits=limits),)
PlainSandbox(Path(home)).run(Job("t", source, "s.py", calls))
'''


def started(tmp_path: Path, boot: str, body: str) -> tuple[subprocess.Popen[bytes], int]:
    """A grader at work, and the number of its plain process."""
    command = [sys.executable, "-c", _GRADER, boot, body, str(tmp_path)]
    grader = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    note = tmp_path / "pid"
    deadline = time.monotonic() + 60
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return grader, int(note.read_text())


def ends(pid: int, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_a_grader_that_is_interrupted_ends_its_processes(tmp_path: Path):
    grader, pid = started(tmp_path, plain_light.BOOT, "time.sleep(99)")
    grader.send_signal(signal.SIGINT)
    assert grader.wait(30) != 0
    assert ends(pid)
    assert list(tmp_path.glob("grader-*")) == []


def test_without_a_grader_no_endless_loop_goes_on(tmp_path: Path):
    grader, pid = started(tmp_path, plain_light.IMPATIENT, "while True: pass")
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    assert ends(pid)
