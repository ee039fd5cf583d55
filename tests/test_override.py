"""Points given by hand."""

from __future__ import annotations

import pytest
from run_samples import ASSIGNMENT, BASELINES, Pretended, instead, right, submission

from grader.grade import Course, grade_submission
from grader.model import Broken, Grade, Override, Returned, Status
from grader.override import OverrideError, fitting, overridden

GIVEN = Override("ada", "t", "f", "", 4.0, "shown in the lab", "kim", "2026-11-26")


def graded(**outcomes) -> Grade:
    pretended = Pretended(lambda job: instead(right(job), outcomes))
    return grade_submission(submission("ada"), Course(ASSIGNMENT, BASELINES), pretended)


WRONG = graded(f=Returned(9), g=Returned(9))


def test_a_whole_function_gets_the_points():
    grade = overridden(WRONG, [GIVEN])
    f, g = grade.topics[0].functions
    assert (f.score, f.max_score, g.score) == (4.0, 5.0, 0.0)
    assert grade.score == 4.0
    assert {check.status for check in f.checks} == {Status.FAILED}
    assert all("by hand: shown in the lab" in check.message for check in f.checks)
    assert all("kim" in check.staff and "The grader found:" in check.staff for check in f.checks)


def test_full_marks_are_passed():
    grade = overridden(WRONG, [Override("ada", "t", "f", "the value", 5.0, "ok", "kim", "now")])
    assert {check.status for check in grade.topics[0].functions[0].checks} == {Status.PASSED}
    assert grade.topics[0].functions[1] == WRONG.topics[0].functions[1]


def test_points_can_be_taken_away():
    taken = Override("ada", "t", "f", "", 0.0, "copied", "kim", "now")
    assert graded().score == 10.0
    assert overridden(graded(), [taken]).score == 5.0


def test_one_that_no_longer_fits_is_told_to_staff():
    gone = Override("ada", "t", "f", "a check of old", 1.0, "ok", "kim", "now")
    much = Override("ada", "t", "g", "", 6.0, "ok", "kim", "now")
    grade = overridden(WRONG, [gone, much])
    assert grade.score == WRONG.score
    notes = grade.topics[0].staff_notes
    assert "f: a check of old" in notes[0]
    assert "'g'" in notes[1]


def test_an_override_of_another_topic_changes_nothing():
    other = Override("ada", "another", "f", "", 1.0, "ok", "kim", "now")
    assert overridden(WRONG, [other]) == WRONG


def test_what_the_grader_broke_can_be_graded_by_hand_only_as_far_as_it_counts():
    broken = graded(f=Broken("ours"))
    function = broken.topics[0].functions[0]
    assert function.max_score == 2.5
    full = Override("ada", "t", "f", "", 2.5, "ok", "kim", "now")
    assert overridden(broken, [full]).topics[0].functions[0].score == 2.5


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (Override("ada", "x", "f", "", 1, "", "", ""), "no topic 'x'. There are: t."),
        (Override("ada", "t", "x", "", 1, "", "", ""), "no function 'x'. There are: f, g."),
        (Override("ada", "t", "f", "x", 1, "", "", ""), "no check 'x'. There are: the value."),
        (Override("ada", "t", "f", "", 5.5, "", "", ""), "'f' is worth 5 points, so 5.5 cannot"),
        (Override("ada", "t", "f", "", -1, "", "", ""), "so -1 cannot be"),
        (Override("ada", "t", "f", "", float("nan"), "", "", ""), "so nan cannot be"),
    ],
)
def test_what_cannot_be_given_is_refused(override: Override, said: str):
    with pytest.raises(OverrideError) as caught:
        fitting(WRONG, override)
    assert said in str(caught.value)


def test_what_can_be_given_is_let_through():
    assert fitting(WRONG, GIVEN) is GIVEN
