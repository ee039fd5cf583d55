"""Where a student's words can get into a report, each through the stages that it takes.

In: a text. Out: a Grade, from what was handed in (read as ever) and an observation made by hand
(judged as ever), with that text in one place.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from submission_helpers import zipped

from grader.grade import Course, grade_submission
from grader.model import (
    ArrayValue,
    Assignment,
    Baseline,
    Broken,
    Case,
    Check,
    DictValue,
    Died,
    Frame,
    FunctionBaseline,
    Grade,
    Job,
    KnownMistake,
    ListValue,
    Observation,
    OpaqueValue,
    Outcome,
    Raised,
    Returned,
    Same,
    Source,
    Submission,
    Task,
    Topic,
    Value,
)
from grader.submission import collect
from grader.submission.reader import Reader

Place = Callable[[str], Grade]

RIGHT = DictValue(
    (
        ("ids", ListValue((101, 7592, 102))),
        ("name", "bert"),
        ("mask", ArrayValue("int64", np.ones((1, 3), np.int64))),
    )
)
WRONG = DictValue((("ids", ListValue((101, 102))), *RIGHT.items[1:]))
_CASES = (
    Case("a text", {"text": "hello"}, public=True),
    Case("another text", {"text": "you"}, public=True),
    Case("kept", {"text": "secret"}),
)
_TASK = Task(
    "encode",
    _CASES,
    (
        Check("all of it", Same("", extra_keys=False, dtype="exact"), 6.0, "Look at the keys."),
        Check("the ids", Same("ids", dims=("sequence",)), 2.0),
        Check("the mask", Same("mask"), 2.0),
    ),
    (),
    ("text",),
)
_TOPIC = Topic("demo", (_TASK,), "")
_BASELINE = FunctionBaseline(
    {case.name: Returned(RIGHT) for case in _CASES},
    mistakes=(KnownMistake("You drop a token.", {case.name: Returned(WRONG) for case in _CASES}),),
)
_COURSE = Course(
    Assignment((_TOPIC,)),
    {"demo": Baseline("demo", {"encode": _BASELINE})},
    (("python", "3.11"),),
    "secret-seed",
)
_SOURCE = "import torch\ndef encode(text):\n    return {}\n"


class _Told:
    """A sandbox in which every case ends the same."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def run(self, job: Job) -> Observation:
        outcomes = {call.function: self._of(call.cases) for call in job.calls}
        return Observation(job.topic, outcomes, ("seccomp",), wall=0.5, cpu=0.25)

    def _of(self, cases: tuple[Case, ...]) -> Mapping[str, Outcome]:
        return {case.name: self._outcome for case in cases}


_RAISED = Raised("ValueError", "m", ("ValueError",), (Frame(3, "encode"),), "printed")


def _graded(submission: Submission, outcome: Outcome = _RAISED) -> Grade:
    return grade_submission(submission, _COURSE, _Told(outcome))


def _did(outcome: Outcome, text: str = _SOURCE) -> Grade:
    return _graded(Submission("ada", {"demo": Source("demo", "demo/solution.py", text)}), outcome)


def _returned(value: Value, output: str = "") -> Grade:
    return _did(Returned(value, output))


def _with_key(name: str, value: Value) -> Grade:
    return _returned(DictValue((*RIGHT.items, (name, value))))


def _instead(name: str, value: Value) -> Grade:
    return _returned(DictValue(tuple((key, value if key == name else v) for key, v in RIGHT.items)))


# What is handed in, from a disk


def file_name(text: str, most: int = 120) -> bytes:
    """As much of ``text`` as a file's name can hold."""
    kept = text.replace("/", "").replace("\0", "")
    raw = "".join(c for c in kept if not "\ud800" <= c < "\udc80" and not "\udcff" < c < "\ue000")
    return raw.encode("utf-8", "surrogateescape")[:most]


def _on_disk(files: Mapping[bytes, bytes], reader: Reader, *, named: bool = False) -> Grade:
    """A hand-in of these files; ``named`` when the first part of their names is the student's."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as held:
        root = Path(held) / "ada"
        for name, data in files.items():
            path = root / Path(name.decode("utf-8", "surrogateescape"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (top,) = root.iterdir() if named else (root,)
        submission = collect(top, ("demo",), reader=reader)
    return _graded(submission)


def _student(text: str, reader: Reader) -> Grade:
    files = {b"a" + file_name(text) + b"/demo/solution.py": _SOURCE.encode()}
    return _on_disk(files, reader, named=True)


def _raw_student(text: str) -> Grade:
    """As when results were edited: nobody has looked at the name."""
    source = {"demo": Source("demo", "demo/solution.py", _SOURCE)}
    return _graded(Submission(text, source))


def _solution_file(text: str, reader: Reader) -> Grade:
    return _on_disk({b"demo/a" + file_name(text) + b".py": _SOURCE.encode()}, reader)


def _other_file(text: str, reader: Reader) -> Grade:
    other = b"other/a" + file_name(text) + b".py"
    return _on_disk({b"demo/solution.py": _SOURCE.encode(), other: b""}, reader)


def _member(text: str, reader: Reader) -> Grade:
    safe = file_name(text).decode("utf-8", "replace").replace("\\", "")
    packed = zipped({"demo/solution.py": _SOURCE, f"other/a{safe}.py": "x"})
    return _on_disk({b"work.zip": packed}, reader)


def _nothing_read(text: str, reader: Reader) -> Grade:
    return _on_disk({b"a" + file_name(text) + b".zip": b"no archive"}, reader, named=True)


def _encoding(text: str, reader: Reader) -> Grade:
    first = f"# coding: x{text}".encode("utf-8", "replace")[:2000]
    return _on_disk({b"demo/solution.py": first + b"\n" + _SOURCE.encode()}, reader)


def _cells(*cells: str) -> bytes:
    listed = [{"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"cells": listed, "nbformat": 4}).encode()


def _notebook(*cells: str, reader: Reader) -> Grade:
    return _on_disk({b"demo/solution.ipynb": _cells(*cells)}, reader)


def _code_cell(text: str, reader: Reader) -> Grade:
    """The third line of the text that is run: ``text`` in a string, as a cell's only line."""
    line = json.dumps(text[:2000].replace("\r", " ").replace("\n", " "), ensure_ascii=False)
    line = line.encode("utf-8", "replace").decode()
    return _notebook(f"def encode(text):\n    '''d'''\n    return {line}", reader=reader)


def _broken_cell(text: str, reader: Reader) -> Grade:
    return _notebook(_SOURCE, f"x = (\n{text[:2000]}", reader=reader)


def _magic(text: str, reader: Reader) -> Grade:
    return _notebook(_SOURCE, f"%%x{text[:2000]}\nx", reader=reader)


def places(reader: Reader) -> dict[str, Place]:
    """Every place by name. ``reader`` takes notebooks and archives apart."""
    on_disk = {
        "name of the submission": _student,
        "name of the solution's file": _solution_file,
        "name of another file": _other_file,
        "name of a member": _member,
        "name of what cannot be read": _nothing_read,
        "declared encoding": _encoding,
        "code in a cell": _code_cell,
        "a cell that does not parse": _broken_cell,
        "a cell's magic": _magic,
    }
    return {
        **{name: partial(place, reader=reader) for name, place in on_disk.items()},
        "name that nobody looked at": _raw_student,
        "class of the exception": lambda text: _did(
            Raised(text, "m", (text, "Exception"), (Frame(3, "encode"),))
        ),
        "message of the exception": lambda text: _did(
            Raised("ValueError", text, ("ValueError",), (Frame(3, "encode"),))
        ),
        "function in the traceback": lambda text: _did(
            Raised("ValueError", "m", ("ValueError",), (Frame(3, "encode"), Frame(3, text)))
        ),
        "line of code": lambda text: _did(_RAISED, f"import torch\ndef encode(text):\n    {text}"),
        "code of a file that does not load": lambda text: _did(
            Raised("SyntaxError", text, ("SyntaxError",), (Frame(2, ""),), stage="load"),
            f"import torch\n{text}\n",
        ),
        "message of a call that does not fit": lambda text: _did(
            Raised("TypeError", text, ("TypeError",), stage="signature")
        ),
        "result that cannot be looked at": lambda text: _did(
            Raised(text, text, (text,), (Frame(3, "encode"),), stage="result")
        ),
        "printed text": lambda text: _did(
            Raised("ValueError", "m", ("ValueError",), (Frame(3, "encode"),), output=text)
        ),
        "text printed by a wrong call": lambda text: _returned(WRONG, text),
        "detail of a process that ended": lambda text: _did(Died("result", text, text)),
        "signal of a process that ended": lambda text: _did(Died("signal", text, text)),
        "detail of the grader's own fault": lambda text: _did(Broken(text)),
        "key of a dict": lambda text: _with_key(text, 1),
        "string": lambda text: _instead("name", text),
        "string in a list": lambda text: _instead("ids", ListValue((text, text, text, text))),
        "name of a type": lambda text: _instead("mask", OpaqueValue(text)),
        "name of a list's type": lambda text: _instead("mask", ListValue((1, 2), text)),
        "name of a mapping's type": lambda text: _instead("mask", DictValue((), text)),
        "dtype of a tensor": lambda text: _instead(
            "mask", ArrayValue(text, np.ones((1, 3), np.int64))
        ),
        "name of a tensor's type": lambda text: _instead(
            "mask", ArrayValue("int64", np.ones((1, 3), np.int64), type=f"numpy.{text}")
        ),
        "text of an opaque value": lambda text: _instead("name", OpaqueValue("type", text)),
    }
