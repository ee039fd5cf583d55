"""One class with everything that can go wrong in it, graded once: each student is told what
happened, where, and what to do; nobody's trouble is another's; nothing is left behind."""

from __future__ import annotations

import csv
import json
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from e2e_helpers import REFERENCE, checks, function, processes_of, write_class
from hand_ins import BAD, EVERY, GOOD, HandIn
from mischief import LEAVING, REACHING

from grader.cli import grading
from grader.model import Grade, Status
from grader.publish import stored_grades
from grader.report.audience import student_view
from grader.report.result import SCHEMA_FILE
from grader.sandbox import WarmSandbox
from grader.session import Session
from grader.worker.containment.kinship import parent_of
from grader.worker.containment.leftovers import descendants

ALL = EVERY + LEAVING + REACHING
WRONG = BAD + tuple(one for one in REACHING if one.name != "closes")
RIGHT = GOOD + LEAVING


def named(hand_ins: tuple[HandIn, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("hand_in", hand_ins, ids=lambda one: one.name)


@dataclass(frozen=True)
class Graded:
    """The class after the run: its exit code, its results, and what the run left behind."""

    code: int
    out: Path
    grades: dict[str, Grade]
    processes: set[int]
    running: list[int]
    files: list[str]


@pytest.fixture(scope="module")
def graded(sandbox: WarmSandbox, open_folder: Path, grader_data: Path) -> Graded:
    folder = write_class(open_folder / "class", ALL)
    out, scratch = open_folder / "out", open_folder / "tmp"
    scratch.mkdir(mode=0o711)
    scratch.chmod(0o711)
    options = grading.Options(
        out=out, topics=[], jobs=1, reference=REFERENCE, seed="s", isolate=False, unsafe=False
    )
    before = set(descendants())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(scratch))
        patch.setattr(Session, "open_runner", lambda _: nullcontext(sandbox))
        code = grading.grade([folder], options, as_json=False)
    # The next run's namespaces are made ahead: their first process belongs to the keeper.
    keepers = {pid for pid in before if parent_of(f"/proc/{pid}") == sandbox.pid}
    left = {pid for pid in set(descendants()) - before if parent_of(f"/proc/{pid}") not in keepers}
    uid = sandbox._lease.uid
    running = processes_of(uid) if uid is not None else []
    grades = {grade.submission: grade for grade in stored_grades(out)}
    return Graded(code, out, grades, left, running, sorted(path.name for path in scratch.iterdir()))


def test_the_whole_class_is_graded(graded: Graded):
    assert graded.code == 0
    assert sorted(graded.grades) == sorted(one.name for one in ALL)


def test_nothing_is_left_behind(graded: Graded):
    assert graded.processes == set()
    assert graded.running == []
    assert graded.files == []


def test_no_fault_of_a_student_is_the_graders(graded: Graded):
    blamed = [
        f"{grade.submission}: {line.staff}"
        for grade in graded.grades.values()
        for line in checks(grade)
        if line.status is Status.GRADER_ERROR
    ]
    assert blamed == []
    assert {grade.max_score for grade in graded.grades.values()} == {11.0}


@named(RIGHT)
def test_right_work_has_full_marks(graded: Graded, hand_in: HandIn):
    grade = graded.grades[hand_in.name]
    lost = [line for line in checks(grade) if line.case and line.status is Status.FAILED]
    assert lost == []
    assert (function(grade, "double").score, function(grade, "ones").score) == (4.0, 2.0)


@named(WRONG)
def test_wrong_work_is_told_why_and_costs_only_itself(graded: Graded, hand_in: HandIn):
    grade = student_view(graded.grades[hand_in.name])
    double = function(grade, "double")
    public = next(line for line in double.checks if line.public)
    expected = Status.NOT_ATTEMPTED if hand_in.category == "stub" else Status.FAILED
    assert double.score == 0
    assert {line.status for line in double.checks} <= {expected, Status.PASSED}
    assert public.message
    assert not hand_in.category or public.category == hand_in.category
    for word in hand_in.words:
        assert word in public.message
    if hand_in.ones is not None:
        assert function(grade, "ones").score == hand_in.ones


@named(ALL)
def test_every_result_is_valid_and_every_page_is_there(graded: Graded, hand_in: HandIn):
    folder = graded.out / hand_in.name
    text = (folder / "result.json").read_text(encoding="utf-8")
    jsonschema.validate(json.loads(text), json.loads(SCHEMA_FILE.read_text()))
    for page in (folder / "report.html", folder / "staff.html"):
        html = page.read_text(encoding="utf-8")
        assert html.rstrip().endswith("</html>")
        assert "<script>alert" not in html
        assert "\x1b" not in html + text


def test_the_class_page_and_the_table_name_everybody(graded: Graded):
    page = (graded.out / "index.html").read_text(encoding="utf-8")
    rows = list(csv.reader((graded.out / "grades.csv").read_text(encoding="utf-8").splitlines()))
    names = {one.name for one in ALL}
    assert all(name in page for name in names)
    assert names <= {row[0] for row in rows}


def test_hidden_cases_tell_nothing_of_their_inputs(graded: Graded):
    """The values that were drawn are nowhere in what students read."""
    told = [
        line.message
        for grade in graded.grades.values()
        for line in checks(student_view(grade))
        if not line.public and line.category not in ("load", "unreadable")
    ]
    assert len(told) > 100
    assert not any("yours" in text or "not 2" in text or "[0]" in text for text in told)


def test_a_link_out_of_the_folder_is_not_followed(graded: Graded):
    grade = graded.grades["a-link"]
    assert "is a link, and was passed over" in grade.notes[0]


def test_a_path_out_of_the_archive_is_not_followed(graded: Graded):
    assert "leads out of the archive" in graded.grades["zip-slip"].notes[0]


def test_an_unknown_topic_is_named(graded: Graded):
    assert "juggling/solution.py" in graded.grades["unknown-topic"].notes[0]
