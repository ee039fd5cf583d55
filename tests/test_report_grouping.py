"""One failure in many cases is told once, with the case that shows most of it."""

from __future__ import annotations

from report_samples import (
    attention_weights,
    failed,
    grade,
    pad_ids,
    pad_texts,
    passed,
    perfect,
    result,
    unloaded,
)

from grader.model import FunctionGrade, Grade, Status, TopicGrade
from grader.report.audience import student_view
from grader.report.grouping import gravest, group, next_step, shared_reason


def _view(function: FunctionGrade) -> FunctionGrade:
    return student_view(Grade("s", (TopicGrade("t", (function,)),))).topics[0].functions[0]


def test_a_known_mistake_is_told_once_with_the_public_case_first() -> None:
    (reason,) = group(_view(pad_ids())).reasons
    assert reason.lead.case == "the pad id is also a token"
    assert reason.elsewhere == "3 hidden cases"
    assert [line.check for line in reason.lines] == ["the mask marks real tokens"]


def test_a_call_that_dies_is_one_reason_for_all_its_checks() -> None:
    slow, swapped = group(_view(pad_texts())).reasons
    assert [line.check for line in slow.lines] == ["ids are right", "the mask is right"]
    assert slow.elsewhere == "1 hidden case"
    assert swapped.lead.category == "shape"


def test_an_exception_is_one_reason_though_hidden_cases_tell_less_of_it() -> None:
    told = "It raised KeyError (solution.py, line 3)"
    function = FunctionGrade(
        "f",
        (
            failed("ids", "a", category="exception", message=f"{told}: 'mask'"),
            failed("ids", "b", category="exception", message=f"{told}.", public=False),
            failed("mask", "b", category="exception", message=f"{told}.", public=False),
        ),
    )
    (reason,) = group(function).reasons
    assert reason.lead.public
    assert len(reason.results) == 3


def test_different_checks_with_different_values_stay_apart() -> None:
    function = FunctionGrade("f", (failed("a", category="value"), failed("b", category="value")))
    assert len(group(function).reasons) == 2


def test_the_lead_is_the_case_with_a_picture() -> None:
    lead = group(attention_weights()).reasons[0].lead
    assert lead.public
    assert lead.difference is not None
    assert lead.difference.heat_map is not None


def test_many_public_cases_are_counted_not_listed() -> None:
    function = FunctionGrade(
        "f", tuple(failed("a", f"case {at}", category="nan") for at in range(9))
    )
    (reason,) = group(function).reasons
    assert reason.elsewhere == "“case 1”, “case 2”, “case 3” and 5 more"


def test_a_file_that_does_not_load_is_one_reason_for_its_topic() -> None:
    groups = [group(function) for function in unloaded("a", "b", "c")]
    reason = shared_reason(groups)
    assert reason is not None
    assert reason.lead.category == "load"
    assert shared_reason([*groups, group(passed("d", 1.0, "x"))]) is None
    assert shared_reason([group(pad_ids()), group(pad_ids())]) is None


def test_the_gravest_verdict_heads_and_nothing_is_not_passed() -> None:
    assert gravest([Status.PASSED, Status.BLOCKED, Status.FAILED]) is Status.FAILED
    assert gravest([Status.PASSED, Status.GRADER_ERROR]) is Status.GRADER_ERROR
    assert gravest([]) is Status.NOT_ATTEMPTED


def test_a_check_passes_when_it_passes_in_every_case() -> None:
    lines = group(pad_ids()).lines
    assert [line.status for line in lines] == [Status.PASSED, Status.FAILED]
    assert [(line.score, line.max_score) for line in lines] == [(2.0, 2.0), (0.0, 2.0)]


def test_the_next_step_is_the_first_failure_then_what_is_not_written() -> None:
    step = next_step(grade())
    assert step is not None
    assert (step.topic, step.function, step.worth) == ("pad_batch", "pad_texts", 4.0)
    stub = result("c", status=Status.NOT_ATTEMPTED, score=0.0)
    unwritten = Grade("s", (TopicGrade("t", (FunctionGrade("later", (stub,)),)),))
    step = next_step(unwritten)
    assert step is not None
    assert (step.function, step.reason) == ("later", None)
    assert next_step(perfect()) is None
