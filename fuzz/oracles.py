"""What must hold for any bytes that reach the trusted process, whoever made them.

In: bytes. Out: what came of them; ``AssertionError`` where something does not hold. Any other
exception that leaves these functions is a finding too.
"""

from __future__ import annotations

import fcntl
import math
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple
from typing import Any

import numpy as np

from fuzz.frames import frame_of, job
from grader.archive import dump_observation, load_observation
from grader.compare import compare
from grader.judge import judge_topic
from grader.model import (
    ArrayValue,
    DictValue,
    Died,
    ListValue,
    Observation,
    OpaqueValue,
    Outcome,
    Raised,
    Returned,
    Same,
    Source,
    Tolerance,
    Value,
)
from grader.pack.errors import PackError
from grader.pack.pack import Pack
from grader.pack.read import load
from grader.pack.write import dump
from grader.sandbox.outcomes import Ledger
from grader.worker.decode import FrameError, decode
from grader.worker.limits import HEADER_BYTES, INT_BITS

DTYPES = {np.dtype(kind) for kind in ("?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8")}
DTYPES |= {np.dtype("f4"), np.dtype("f8")}
WANTED: tuple[Value, ...] = (
    *(None, True, 1, 0.5, "text"),
    ArrayValue("float32", np.array([[0.5, math.nan], [1.0, -1.0]], dtype="f4")),
    ArrayValue("int64", np.arange(3)),
    ArrayValue("float64", np.array(1.0)),
    ListValue((1, 0.5, "text")),
    DictValue((("a", 1), ("b", ListValue((1.5,))))),
)
RULES = (Same(), Same(tolerance=Tolerance(1e-5, 1e-6), dtype="exact", grad="none", ordered=False))
ANSWERS = (
    Returned(DictValue((("out", WANTED[5]), ("list", WANTED[8]), ("n", 3)))),
    Raised("ValueError", "no", ("ValueError",)),
)
PUBLIC = ("one", "two")
STAGES = ("start", "closed", "loading", "loaded", "asks", "hidden", "ended")


def described(value: Value) -> Any:
    """A value that equals itself: arrays by their bytes, numbers by their text."""
    if isinstance(value, ArrayValue):
        told = (value.dtype, value.type, value.requires_grad)
        return (*told, value.data.dtype.str, value.shape, value.data.tobytes())
    if isinstance(value, ListValue):
        return ("list", value.type, *map(described, value.items))
    if isinstance(value, DictValue):
        return ("dict", value.type, *((key, described(item)) for key, item in value.items))
    return (type(value).__name__, repr(value))


def parts_of(value: Value) -> Iterator[Value]:
    """The value and all that is in it."""
    yield value
    if isinstance(value, ListValue):
        for item in value.items:
            yield from parts_of(item)
    if isinstance(value, DictValue):
        for _, item in value.items:
            yield from parts_of(item)


def check_frame(data: bytes) -> Value | FrameError:
    """A frame is refused, or is a value: plain, no larger than the bytes, kept and compared."""
    try:
        value = decode(data)
    except FrameError as error:
        refused = error
    else:
        check_value(value, len(data))
        return value
    assert len(str(refused)) < 300
    return refused


def check_value(value: Value, size: int) -> None:
    """What a value must be that ``size`` bytes were decoded to."""
    left = size
    for part in parts_of(value):
        if isinstance(part, ArrayValue):
            assert type(part.data) is np.ndarray
            assert part.data.dtype in DTYPES
            assert part.data.ndim <= 16
            left -= part.data.nbytes
        elif isinstance(part, ListValue):
            left -= len(part.items)
        elif isinstance(part, int):
            assert part.bit_length() <= INT_BITS
        else:
            assert type(part) in (type(None), float, str, DictValue, OpaqueValue)
    assert left >= 0
    kept = Observation("t", {"f": {"case": Returned(value)}})
    again = load_observation(dump_observation(kept)).outcomes["f"]["case"]
    assert isinstance(again, Returned)
    assert described(again.value) == described(value)
    check_compared(value)


def check_compared(value: Value) -> None:
    """The comparison says something about any value; and a value is the same as itself."""
    for want in WANTED:
        for rule in RULES:
            for difference in compare(value, want, rule):
                assert difference.message
    keys = [part.keys for part in parts_of(value) if isinstance(part, DictValue)]
    if all(len(set(names)) == len(names) for names in keys):
        assert compare(value, value, Same()) == ()


GOOD = frame_of(ListValue((1, ArrayValue("float64", np.ones(2)))))


def memory_file(data: bytes = GOOD, sealed: bool = True) -> int:
    """A descriptor of a memory file with the data."""
    descriptor = os.memfd_create("result", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(descriptor, data)
    if sealed:
        every = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, every)
    return descriptor


def _descriptors(kind: int) -> list[int]:
    if kind % 6 == 0:
        return [memory_file()]
    if kind % 6 == 1:
        return [memory_file(GOOD[:-5])]
    if kind % 6 == 2:
        return [memory_file(sealed=False), memory_file()]
    return [os.open(os.devnull, os.O_RDONLY)] if kind % 6 == 3 else []


def _behind(kind: int) -> bytes:
    """What stands behind the message: nothing, a frame, or a part of one."""
    return {4: b"\0" + GOOD, 5: b"\0" + GOOD[:-5]}.get(kind % 6, b"")


def check_messages(data: bytes) -> dict[str, dict[str, Outcome]]:
    """Lines that a child sends, the first byte of each telling what comes with it: a descriptor, or
    a frame behind the message. None stops the ledger or leaves a descriptor open; what was said
    first stays said; and once the child has the hidden cases, nothing that a student is shown hangs
    on what it says or how it ends."""
    ledger, shown = Ledger(job()), None
    for line in data.split(b"\n")[:20]:
        descriptors = _descriptors(line[0]) if line else []
        said = {name: dict(cases) for name, cases in ledger.outcomes.items()}
        stage = STAGES.index(ledger.stage)
        behind = _behind(line[0]) if line else b""
        ledger.take(line[1 : HEADER_BYTES + 1] + behind, list(descriptors))
        assert not [one for one in descriptors if _is_open(one)]
        assert STAGES.index(ledger.stage) >= stage
        for name, cases in said.items():
            assert all(ledger.outcomes[name][case] is was for case, was in cases.items())
        if ledger.asks:
            ledger.stage, shown = "hidden", public_of(ledger)
        if line.startswith(b"2"):
            ledger.refused("network")
    if ledger.listener >= 0:
        os.close(ledger.listener)
    ended = ledger.finish(Died("signal", "SIGSEGV"))
    if shown is not None:
        assert public_of(ledger) == shown
        unsaid = [ended[name][case] for name in ended for case in PUBLIC if case not in shown[name]]
        assert all(outcome == Died("ended") for outcome in unsaid)
    assert list(ended) == ["f", "g"]
    for cases in ended.values():
        assert list(cases) == ["one", "two", "three"]
        for outcome in cases.values():
            check_outcome(outcome)
    return ended


def public_of(ledger: Ledger) -> dict[str, dict[str, int]]:
    """Which outcome each public case has that has one."""
    return {
        name: {
            case: id(told) for case, told in ledger.outcomes.get(name, {}).items() if case in PUBLIC
        }
        for name in ("f", "g")
    }


def check_outcome(outcome: Outcome) -> None:
    """Its texts are no longer than they may be, its numbers are some that can be shown."""
    assert isinstance(outcome, Returned | Raised | Died)
    assert all(math.isfinite(clock) and clock >= 0 for clock in (outcome.wall, outcome.cpu))
    told = [field for field in astuple(outcome) if isinstance(field, str)]
    assert all(len(text) <= HEADER_BYTES for text in told)
    if isinstance(outcome, Died):
        assert len(outcome.detail) < 300
    if isinstance(outcome, Raised):
        assert all(0 <= frame.line <= 1 << 30 for frame in outcome.frames)


def _is_open(descriptor: int) -> bool:
    with suppress(OSError):
        os.fstat(descriptor)
        return True
    return False


def check_pack(data: bytes) -> Pack | PackError:
    """A pack's file is refused, or is a pack that is written as it was read, and that judges."""
    try:
        pack = load(data)
    except PackError as error:
        return error
    again = dump(pack)
    assert dump(load(again)) == again
    for topic in pack.assignment.topics:
        did = {
            task.function: dict(zip((case.name for case in task.cases), ANSWERS, strict=False))
            for task in topic.tasks
        }
        seen = Observation(topic.name, did)
        grade = judge_topic(topic, pack.baselines[topic.name], seen, Source(topic.name, "a.py"))
        assert 0 <= grade.score <= grade.max_score
    return pack
