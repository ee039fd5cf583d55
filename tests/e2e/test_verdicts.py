"""Submissions by people who had not seen the reference: each has its golden verdict.

``tests/submissions/graded/<topic>/right_*.py`` has full marks in every function. The first line of
a ``wrong_*.py`` is ``# loses: <function>: <why>``: it loses points there, and nowhere else.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.grade import grade_class
from grader.model import Grade, TopicGrade
from grader.session import open_session, slots
from grader.submission import collect

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "submissions" / "graded"
TOPICS = sorted(path.name for path in SAMPLES.iterdir() if any(path.glob("*.py")))
FILES = sorted(SAMPLES.glob("*/*.py"))


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


@pytest.fixture(scope="module")
def grades(grader_data, home) -> dict[str, TopicGrade]:
    """Every sample's grade: with a fixed secret seed, so that a verdict never hangs on luck."""
    found: dict[str, Grade] = {}
    for topic in TOPICS:
        with open_session(ROOT / "reference", [topic], "golden", lambda _: None) as session:
            course = session.course(slots(0))
            submissions = (
                collect(file, (topic,), _name(file)) for file in FILES if file.parent.name == topic
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
    first = file.read_text(encoding="utf-8").splitlines()[0]
    declared = re.match(r"# loses: (\w+): ", first)
    assert bool(declared) == file.stem.startswith("wrong_"), "the first line says what is lost"
    wanted = {declared[1]} if declared else set()
    losses = _losses(grades[_name(file)])
    assert set(losses) == wanted, losses
