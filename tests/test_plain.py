"""Plain processes: what is run in them, how they end, and what is believed of what they say.

Most tests have a process without torch (``plain_light``); what torch makes of it is at the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import plain_light
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import (
    Broken,
    Call,
    Case,
    Died,
    Job,
    Limits,
    Outcome,
    Raised,
    Returned,
)
from grader.sandbox import PlainSandbox, SandboxError
from grader.sandbox import plain as trusted
from grader.sandbox.attempt import Attempt, reason_of
from grader.worker.stream import StreamError, Unpacker, packed

REFERENCE = Path(__file__).parents[1] / "reference"
SHORT = Limits(wall=1.0, output=100_000, result=10_000)
IMPORTS = "import os, signal, subprocess, sys, time, ctypes\n"


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PlainSandbox]:
    """A sandbox of processes without torch. Its scratch folders are all gone in the end."""
    monkeypatch.setattr(trusted, "_BOOT", plain_light.BOOT)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield PlainSandbox(tmp_path, load_wall=2.0)
    assert list(tmp_path.glob("grader-*")) == []


def call(function: str, numbers: int, public: int | None = None, **more: object) -> Call:
    """``function`` on 0, 1, ...; the first ``public`` of them are public, by default all."""
    shown = numbers if public is None else public
    cases = tuple(Case(f"case {n}", {"n": n}, public=n < shown) for n in range(numbers))
    return replace(Call(function, cases, ("n",), limits=SHORT), **more)


def job(source: str, *calls: Call, **more: object) -> Job:
    return replace(Job("t", IMPORTS + source, "s.py", calls), **more)


def outcomes(sandbox: PlainSandbox, source: str, numbers: int = 1, **more: object) -> list[Outcome]:
    """What ``f`` does on each number."""
    found = sandbox.run(job(source, call("f", numbers, **more))).outcomes["f"]
    return [found[f"case {n}"] for n in range(numbers)]


def told(found: list[Outcome]) -> list[object]:
    return [
        one.value if isinstance(one, Returned) else one.reason if isinstance(one, Died) else one
        for one in found
    ]


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


# What is said -------------------------------------------------------------------------------------

# Says on every descriptor what the process itself may say.
FORGE = """
import json, struct
WORDS = [
    {"layers": ["forged"]}, {"fault": "forged"}, {"loading": True}, {"loaded": True},
    {"load": {"type": "E", "message": "", "classes": [], "frames": [], "stage": "load"}},
    {"function": "g", "case": 0, "kind": "raised"}, {"function": "f", "case": 1, "kind": "died"},
    {"request": 99, "kind": "returned"}, {"request": "1"}, {"asks": True}, {"end": True},
    [], "end", 7, {},
]
def forge(words=WORDS, frame=b"", raw=b""):
    for word in words:
        text = json.dumps(word).encode()
        for number in range(3, 64):
            try: os.write(number, raw or struct.pack("<IQ", len(text), len(frame)) + text + frame)
            except OSError: pass
"""


def test_forged_words_change_no_other_case(light: PlainSandbox):
    source = FORGE + "def f(n):\n    forge()\n    return n\ndef g(n): return 7"
    seen = light.run(job(source, call("f", 2), call("g", 1)))
    assert told([*seen.outcomes["f"].values(), *seen.outcomes["g"].values()]) == [0, 1, 7]
    assert seen.layers == ("none",)


def test_an_own_case_may_be_answered_in_any_way_but_no_other(light: PlainSandbox):
    """It is the student's process: whatever it says, it says of the case it was asked for."""
    source = FORGE + (
        "def f(n):\n    word = {'request': 1, 'kind': 'raised', 'type': 'E', 'message': 'own',"
        " 'classes': [], 'frames': [], 'stage': 'load', 'function': 'g', 'case': 0}\n"
        "    forge([word])\n    return n\ndef g(n): return 7"
    )
    seen = light.run(job(source, call("f", 1), call("g", 1)))
    (own,), (other,) = seen.outcomes["f"].values(), seen.outcomes["g"].values()
    assert (own.message, own.stage, other.value) == ("own", "call", 7)


@pytest.mark.parametrize(
    "how",
    [
        "forge(raw=b'\\xff' * 99)",
        "forge([{}], frame=bytes(40 << 20))",
        "forge([{'x': 'x' * 99_000}])",
        "forge([{'request': 1, 'kind': 'returned'}], frame=b'GRV1')",
        "forge([{'request': 1, 'kind': 'returned', 'output': [], 'wall': 'x'}])",
    ],
)
def test_nonsense_costs_whoever_says_it(light: PlainSandbox, how: str):
    source = FORGE + f"def f(n):\n    if n == 0: {how}\n    return n"
    first, second = outcomes(light, source, 2)
    assert isinstance(first, Died)
    assert first.reason in ("ended", "result")
    assert told([second]) == [1]


def test_who_never_stops_talking_is_stopped(light: PlainSandbox):
    assert told(outcomes(light, FORGE + "def f(n):\n    while True: forge()")) == ["timeout"]


def test_no_case_can_be_answered_while_the_file_is_loaded(light: PlainSandbox):
    source = FORGE + "forge()\ntime.sleep(0.1)\ndef f(n): return n\ndef g(n): return n"
    seen = light.run(job(source, call("f", 2), call("g", 1)))
    found = [*seen.outcomes["f"].values(), *seen.outcomes["g"].values()]
    assert not any(isinstance(one, Broken) for one in found)
    assert not any(isinstance(one, Returned) and one.value is None for one in found)


@given(st.lists(st.tuples(st.dictionaries(st.text(), st.integers()), st.binary())), st.data())
def test_messages_survive_any_pieces(messages: list[tuple[dict[str, int], bytes]], data):
    stream, unpacker, found = b"".join(packed(*one) for one in messages), Unpacker(1 << 20), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        unpacker.feed(stream[:size])
        stream = stream[size:]
        while (one := unpacker.take()) is not None:
            found.append((json.loads(one[0]), one[1]))
    assert found == messages


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_any_bytes_are_messages_or_refused(pieces: list[bytes]):
    unpacker = Unpacker(64)
    for piece in pieces:
        unpacker.feed(piece)
        try:
            while (found := unpacker.take()) is not None:
                assert len(found[1]) <= 64
        except StreamError:
            return


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
