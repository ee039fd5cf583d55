"""What the trusted process takes of a child: no message stops it, changes what was said before, or
leaves a descriptor open; no file is read that its owner could still change or that is too large;
and whatever was said ends in a verdict and in a report."""

from __future__ import annotations

import fcntl
import io
import json
import os
import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pack_samples as samples
import pytest
from fuzzing import blindly, peak_of, tried
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from fuzz.frames import frame_of, frames, job, messages
from fuzz.mutate import changed_frame, changed_messages
from fuzz.oracles import GOOD, check_messages, memory_file
from grader.judge import judge_topic
from grader.model import (
    Check,
    Died,
    Grade,
    Observation,
    Outcome,
    Raised,
    Returned,
    Same,
    Source,
    Status,
    Tolerance,
)
from grader.report.html import staff_report, student_report
from grader.report.result import dumps, loads
from grader.report.terminal import print_grade
from grader.sandbox.outcomes import Ledger
from grader.sandbox.sealed import read_sealed
from grader.worker.channel import joined, parted
from grader.worker.decode import FrameError, decode
from grader.worker.limits import HEADER_BYTES, INLINE_BYTES

LINES = [b"0" + message for message in messages()]
STORY = b"\n".join(LINES)


def open_descriptors() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


# ---------------------------------------------------------------- messages


def test_the_story_that_the_others_are_made_of():
    """The control of the properties below."""
    ended = check_messages(b"\n".join([*LINES[:1], *LINES[2:4], *LINES[5:]]))
    assert isinstance(ended["f"]["one"], Returned)
    assert isinstance(ended["f"]["two"], Raised)
    assert ended["f"]["three"] == Died("signal", "SIGSEGV", "printed", wall=0.5, cpu=0.25)
    assert isinstance(ended["g"]["three"], Returned)
    assert ended["g"]["one"] == Died("ended")


@tried(300)
@given(st.lists(st.binary(max_size=80), max_size=6))
def test_random_messages(lines: list[bytes]):
    check_messages(b"\n".join(lines))


@tried(400)
@given(st.randoms(use_true_random=True), st.integers(1, 8))
def test_messages_that_were_forged(chance: random.Random, times: int):
    data = b"\n".join(chance.choices(LINES, k=6)) if chance.random() < 0.5 else STORY
    for _ in range(times):
        data = changed_messages(data, chance, blindly(chance))
    check_messages(data)


@tried(150)
@given(st.sampled_from(list(frames())), st.randoms(use_true_random=True))
def test_results_that_were_damaged(frame: bytes, chance: random.Random):
    """Whatever is in a sealed file, its case has an outcome."""
    ledger = Ledger(job())
    ledger.take(LINES[5][1:], [memory_file(blindly(chance)(frame))])
    outcome = ledger.outcomes["f"]["one"]
    assert isinstance(outcome, Returned) or outcome.reason == "result"


@tried(150)
@given(st.sampled_from(list(frames())), st.randoms(use_true_random=True))
def test_results_behind_their_message_that_were_damaged(frame: bytes, chance: random.Random):
    ledger = Ledger(job())
    ledger.take(LINES[5][1:] + b"\0" + blindly(chance)(frame), [memory_file(sealed=False)])
    outcome = ledger.outcomes["f"]["one"]
    assert isinstance(outcome, Returned) or outcome.reason == "result"


def test_a_small_result_travels_in_its_message_and_a_large_one_does_not():
    header = LINES[5][1:]
    for frame in (GOOD, b"\0" * 100, b"", bytes(INLINE_BYTES)):
        whole = joined(header, frame)
        assert whole is not None
        assert len(whole) <= HEADER_BYTES
        assert parted(whole) == (header, frame)
    assert joined(header, bytes(INLINE_BYTES + 1)) is None
    assert joined(b" " * HEADER_BYTES, b"") is None
    assert parted(header) == (header, None)
    ledger = Ledger(job())
    ledger.take(header + b"\0" + GOOD)
    outcome = ledger.outcomes["f"]["one"]
    assert isinstance(outcome, Returned)
    assert repr(outcome.value) == repr(decode(GOOD))


def said(**message: Any) -> bytes:
    return json.dumps(
        {"function": "f", "case": 0, "kind": "died", "reason": "exit", **message}
    ).encode()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[" * 60_000,
        b'{"function": "f", "function": "g"}',
        said(case=-1),
        said(case=3),
        said(case="0"),
        said(case=[0]),
        said(case=10**400),
        said(case=None),
        said(function=["f"]),
        said(function="h"),
        said(reason=["exit"]),
        said(wall="soon"),
        said(wall=[1]),
        said(wall=float("nan")),
        said(cpu=10**400),
        said(kind="raised"),
        said(kind="raised", type="E", message="", classes=3, frames=[], stage="call"),
        said(kind="raised", type="E", message="", classes=[], frames=[1], stage="call"),
        said(kind="raised", type="E", message="", classes=[], frames=[["x", "f"]], stage="call"),
    ],
    ids=lambda message: f"{message[:90]!r}",
)
def test_a_message_that_makes_no_sense_is_dropped_with_its_descriptors(message: bytes):
    before = open_descriptors()
    ledger = Ledger(job())
    ledger.take(message, [memory_file(), os.dup(0), memory_file(sealed=False)])
    assert open_descriptors() == before
    assert not any(ledger.outcomes.values())
    ledger.take(said(), [])
    assert ledger.outcomes["f"]["one"] == Died("exit")  # it listens on


@pytest.mark.parametrize("clock", [-1, 1e300, "1e999", "nan", 10**300])
def test_a_clock_that_no_clock_says_counts_nothing(clock: Any):
    ledger = Ledger(job())
    ledger.take(said(wall=clock, cpu=2.5), [])
    assert ledger.outcomes["f"]["one"] == Died("exit", wall=0.0, cpu=2.5)


def test_the_first_word_counts():
    ledger = Ledger(job())
    for message in (said(), said(kind="returned"), said(reason="signal")):
        ledger.take(message, [memory_file()])
    assert ledger.outcomes["f"] == {"one": Died("exit")}


def test_the_first_word_on_loading_counts():
    ledger = Ledger(job())
    for message in LINES[:5]:
        ledger.take(message[1:], [])
    assert ledger.stage == "loaded"
    assert ledger.load_failure is None  # loaded is loaded
    ledger = Ledger(job())
    failed = json.loads(LINES[4][1:])["load"]
    for message in (LINES[0][1:], LINES[2][1:], LINES[4][1:]):
        ledger.take(message, [])
    ledger.take(json.dumps({"load": {**failed, "message": "another"}}).encode(), [])
    assert ledger.load_failure is not None
    assert ledger.load_failure.message == "'x'"


def test_who_has_the_hidden_cases_tells_nothing_that_is_shown():
    """Not after saying that it is at its end either; nor by how it ends, or what it has refused."""
    ledger = Ledger(job())
    for message in ({"layers": []}, {"loading": True}, {"loaded": True}):
        ledger.take(json.dumps(message).encode(), [])
    ledger.take(said(case=1), [])
    ledger.take(b'{"asks": true}', [])
    assert ledger.asks
    ledger.stage = "hidden"  # they are handed over
    ledger.take(b'{"end": true}', [])
    ledger.take(said(detail="a hidden input"), [])
    ledger.take(said(case=2, detail="a hidden input"), [])
    ledger.refused("network")
    ended = ledger.finish(Died("signal", "SIGFPE"))
    assert ended["f"] == {
        "one": Died("ended"),
        "two": Died("exit"),
        "three": Died("exit", "a hidden input"),
    }
    assert ended["g"]["two"] == Died("ended")
    assert ended["g"]["three"] == Died("signal", "SIGFPE", stopped=("network",))


def test_a_descriptor_that_cannot_be_closed_does_not_keep_the_others_open():
    other = memory_file()
    closed = os.dup(0)
    os.close(closed)
    Ledger(job()).take(said(), [closed, other])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(other)


# ---------------------------------------------------------------- files

_WRITE = fcntl.F_SEAL_WRITE
_EVERY = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | _WRITE
_FUTURE_WRITE = 0x10  # F_SEAL_FUTURE_WRITE: mappings that are there may still write


def _sealed(data: bytes, seals: int, size: int | None = None, flags: int = 0) -> int:
    descriptor = os.memfd_create("x", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING | flags)
    os.write(descriptor, data) if data else None
    os.ftruncate(descriptor, len(data) if size is None else size)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def _pipe(folder: Path) -> int:
    os.mkfifo(folder / "fifo")
    return os.open(folder / "fifo", os.O_RDWR | os.O_NONBLOCK)


def _socket(_: Path) -> int:
    one, other = socket.socketpair()
    other.close()
    return one.detach()


def _file(folder: Path) -> int:
    (folder / "file").write_bytes(GOOD)
    return os.open(folder / "file", os.O_RDONLY)


def _shared_memory(_: Path) -> int:
    """A file in memory that is no memfd: it can be sealed no further than against sealing."""
    name = f"/dev/shm/grader-test-{os.getpid()}"
    descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    Path(name).unlink()
    os.write(descriptor, GOOD)
    return descriptor


def _path_only(folder: Path) -> int:
    return os.open(folder, os.O_PATH)


def _huge_pages(_: Path) -> int:
    """As large as they are: one page, 2 MB or 1 GB."""
    try:
        return _sealed(b"", _EVERY, 1 << 30, os.MFD_HUGETLB)
    except OSError as error:
        pytest.skip(f"no huge pages here: {error}")


LIMIT = 1 << 20
NOT_RESULTS: dict[str, tuple[Callable[[Path], int], str]] = {
    "not sealed": (lambda _: _sealed(GOOD, 0), "not sealed"),
    "sealed against sealing alone": (lambda _: _sealed(GOOD, fcntl.F_SEAL_SEAL), "not sealed"),
    "may still be written": (lambda _: _sealed(GOOD, _EVERY & ~_WRITE), "not sealed"),
    "may be written by a mapping": (
        lambda _: _sealed(GOOD, _EVERY & ~_WRITE | _FUTURE_WRITE),
        "not sealed",
    ),
    "may still grow": (lambda _: _sealed(GOOD, _EVERY & ~fcntl.F_SEAL_GROW), "not sealed"),
    "may still shrink": (lambda _: _sealed(GOOD, _EVERY & ~fcntl.F_SEAL_SHRINK), "not sealed"),
    "one byte too large": (lambda _: _sealed(GOOD, _EVERY, LIMIT + (1 << 20) + 1), "bytes"),
    "many gigabytes of nothing": (lambda _: _sealed(GOOD, _EVERY, 1 << 42), "4398046511104 bytes"),
    "huge pages": (_huge_pages, "bytes"),
    "a folder": (lambda folder: os.open(folder, os.O_RDONLY), "not a memory file"),
    "a path": (_path_only, "not a memory file"),
    "a pipe": (_pipe, "not a memory file"),
    "a socket": (_socket, "not a memory file"),
    "a file": (_file, "not a memory file|not sealed"),
    "shared memory": (_shared_memory, "not sealed"),
    "the null device": (lambda _: os.open(os.devnull, os.O_RDWR), "not a memory file"),
    "a terminal": (lambda _: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY), "not a memory file"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    before = open_descriptors()
    yield tmp_path
    assert open_descriptors() == before


@pytest.mark.parametrize("kind", NOT_RESULTS)
def test_what_is_no_result_is_not_read(kind: str, folder: Path):
    make, why = NOT_RESULTS[kind]
    descriptor = make(folder)
    try:
        _, peak = peak_of(lambda: _refused(descriptor, why))
        assert peak < 100_000
    finally:
        os.close(descriptor)


def _refused(descriptor: int, why: str) -> None:
    with pytest.raises(FrameError, match=why):
        read_sealed(descriptor, LIMIT)


@pytest.mark.parametrize("kind", NOT_RESULTS)
def test_what_is_no_result_is_the_cases_own_loss(kind: str, folder: Path):
    ledger = Ledger(job())
    ledger.take(said(kind="returned"), [NOT_RESULTS[kind][0](folder)])
    outcome = ledger.outcomes["f"]["one"]
    assert isinstance(outcome, Died)
    assert outcome.reason == "result"
    assert outcome.detail.startswith("it could not be read")


def test_a_result_is_read_whole(folder: Path):
    """The control of the two tests above, also for more seals than are asked for."""
    for seals in (_EVERY, _EVERY | fcntl.F_SEAL_SEAL, _EVERY | _FUTURE_WRITE):
        descriptor = _sealed(GOOD, seals)
        assert read_sealed(descriptor, LIMIT) == GOOD
        os.close(descriptor)


def test_a_file_that_is_nothing_behind_its_beginning_is_read_and_refused(folder: Path):
    """Its size is true: the bytes that were never written are zeros, within the bound."""
    descriptor = _sealed(GOOD, _EVERY, LIMIT)
    data = read_sealed(descriptor, LIMIT)
    os.close(descriptor)
    assert len(data) == LIMIT
    with pytest.raises(FrameError):
        decode(data)


# ---------------------------------------------------------------- up to the report

SOURCE = Source("made_up", "solution.py", "def first(x, y):\n    return x\n")
TASK = replace(samples.FIRST, cases=samples.CASES[:2], checks=samples.CHECKS[:4])
TOPIC = replace(samples.TOPIC, tasks=(TASK,))
VALUES = [*frames(), *[frame_of(samples.VALUE)] * 20]


def reported(shown: Outcome, refused: Outcome) -> Grade:
    """The grade of a function that did so in its two cases; every page of it is drawn."""
    seen = Observation("made_up", {"first": {samples.SHOWN: shown, samples.REFUSED: refused}})
    grade = Grade("ada", (judge_topic(TOPIC, samples.BASELINE, seen, SOURCE),))
    text = dumps(grade)
    assert dumps(loads(text)) == text
    assert "ada" in student_report(grade)
    assert "ada" in staff_report(grade)
    with io.StringIO() as terminal:
        print_grade(grade, Console(file=terminal, width=80, force_terminal=True))
    return grade


def test_what_the_reference_did_is_right():
    """The control of the properties below; nothing was drawn as the made-up oracle asks."""
    right = reported(*samples.RIGHT.values()).topics[0].functions[0]
    passed = {check.check for check in right.checks if check.status is Status.PASSED}
    assert passed == {"values", "refusal"}


@tried(60)
@given(st.randoms(use_true_random=True), st.integers(1, 8))
def test_whatever_was_said_ends_in_a_report(chance: random.Random, times: int):
    data = STORY
    for _ in range(times):
        data = changed_messages(data, chance, blindly(chance))
    outcomes = [outcome for cases in check_messages(data).values() for outcome in cases.values()]
    reported(*chance.sample(outcomes, 2))


@tried(150)
@given(st.sampled_from(VALUES), st.randoms(use_true_random=True), st.integers(0, 3))
def test_whatever_was_returned_ends_in_a_report(frame: bytes, chance: random.Random, times: int):
    for _ in range(times):
        frame = changed_frame(frame, chance, blindly(chance))
    try:
        value = decode(frame)
    except FrameError:
        return
    reported(Returned(value), Returned(value))


@pytest.mark.parametrize("value", [10**400, -(2**4095), 2**1024], ids=["a", "b", "c"])
def test_a_number_that_no_float_is_as_large_as_is_wrong_and_stops_nothing(value: int):
    baseline = samples.BASELINE.functions["first"]
    wanted = {name: Returned(1.5) for name in (samples.SHOWN, samples.REFUSED)}
    task = replace(TASK, checks=(Check("near", Same(tolerance=Tolerance(1e-3, 1e-3)), 1.0),))
    known = replace(samples.BASELINE, functions={"first": replace(baseline, wanted=wanted)})
    did = dict.fromkeys(wanted, Returned(value))
    topic = replace(TOPIC, tasks=(task,))
    grade = judge_topic(topic, known, Observation("made_up", {"first": did}), SOURCE)
    (first, _) = grade.functions[0].checks
    assert (first.status, first.category) == (Status.FAILED, "value")
    assert first.message.startswith(f"The result is {str(value)[:9]}")
