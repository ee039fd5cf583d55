"""Verdicts that are known beforehand, on real topics.

Submissions by people who had not seen the reference, and a few right ones by a reviewer that once
lost points: ``submissions/graded/<topic>/*.py``. A ``right_*.py`` has full marks in every function;
the first line of a ``wrong_*.py`` is
``# loses: <function>: <why>``, and it loses points there and nowhere else. And a made-up class:
each member has the points, and is told the mistake, that it was made of.

Every right one runs each time, and a sixth of the wrong ones; all of them with GRADER_ALL=1, as
`make prove` does.

The baselines are kept where `grader verify --seed proof` finds them again.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.early import slots
from grader.grade import grade_class
from grader.model import Grade, Status, TopicGrade
from grader.session import Session, functions_of, names_of, open_session
from grader.submission import collect, collect_class
from grader.synth import BROKEN, MISTAKE, RIGHT, Made, made_up_class

SEED = "proof"
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "submissions" / "graded"
TOPICS = sorted(path.name for path in SAMPLES.iterdir() if any(path.glob("*.py")))
FILES = sorted(SAMPLES.glob("*/*.py"))
WHOLE = os.environ.get("GRADER_ALL") == "1"


def _is_tried(file: Path) -> bool:
    """The same sixth every time: by the name, so that a new file moves no other."""
    return WHOLE or file.stem.startswith("right_") or zlib.crc32(file.stem.encode()) % 6 == 0


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


@pytest.fixture(scope="module")
def session(home) -> Iterator[Session]:
    """The course, with a fixed secret seed, so that no verdict hangs on luck."""
    with open_session(ROOT / "reference", [], SEED, lambda _: None) as opened:
        yield opened


@pytest.fixture(scope="module")
def grades(session: Session) -> dict[str, TopicGrade]:
    """Every sample's grade."""
    found: dict[str, Grade] = {}
    for topic in TOPICS:
        course = session.only([topic]).course(slots(0))
        submissions = (
            collect(file, (topic,), _name(file))
            for file in FILES
            if file.parent.name == topic and _is_tried(file)
        )
        for grade in grade_class(submissions, course, session.open_runner, slots(0)):
            found[grade.submission] = grade
    return {name: grade.topics[0] for name, grade in found.items()}


def _losses(grade: TopicGrade) -> dict[str, str]:
    """The functions that lost points, each with the first reason."""
    return {
        function.function: next(
            (
                f"{c.check} [{c.case}]: {c.staff or c.message}"
                for c in function.checks
                if not c.score
            ),
            "",
        )
        for function in grade.functions
        if function.score < function.max_score
    }


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_verdict(file: Path, grades: dict[str, TopicGrade]):
    if not _is_tried(file):
        pytest.skip("a sixth of the wrong submissions is tried; all of them with GRADER_ALL=1")
    first = file.read_text(encoding="utf-8").splitlines()[0]
    declared = re.match(r"# loses: (\w+): ", first)
    assert bool(declared) == file.stem.startswith("wrong_"), "the first line says what is lost"
    wanted = {declared[1]} if declared else set()
    losses = _losses(grades[_name(file)])
    assert set(losses) == wanted, losses


@pytest.fixture(scope="module")
def made_up(session: Session, tmp_path_factory) -> tuple[list[Made], dict[str, Grade]]:
    """A class whose truth is known, with its grades."""
    folder = tmp_path_factory.mktemp("class")
    made = list(made_up_class(session.assignment, 10, seed=11))
    for name, data in [item for one in made for item in one.files.items()]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    topics, functions = names_of(session.assignment), functions_of(session.assignment)
    submissions = collect_class(folder, topics, functions=functions)
    course = session.course(slots(0))
    graded = list(grade_class(submissions, course, session.open_runner, slots(0)))
    return made, {grade.submission: grade for grade in graded}


def test_a_made_up_class_gets_what_it_was_made_of(made_up):
    made, grades = made_up
    assert set(grades) == {one.name for one in made}
    wrong = [
        (one.name, topic.topic, what, _losses(topic))
        for one in made
        for topic in grades[one.name].topics
        if not _is_true(topic, what := one.truth[topic.topic])
    ]
    assert wrong == []


def _is_true(grade: TopicGrade, what: tuple[str, ...]) -> bool:
    """Whether the grade says what was made: (kind, function, sentence)."""
    results = [result for function in grade.functions for result in function.checks]
    told = {result.mistake for result in results if result.mistake}
    if what[0] == RIGHT:
        return not _losses(grade)
    if what[0] == MISTAKE:
        return set(_losses(grade)) == {what[1]} and told == {what[2]}
    unwritten = {result.status for result in results} == {Status.NOT_ATTEMPTED}
    return grade.score == 0 and (unwritten or what[0] == BROKEN)
