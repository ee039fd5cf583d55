"""The result file: as published, the same both ways, and refused with a reason when broken."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from report_samples import CANARY, grade, heat_map, hostile, pad_ids, perfect, unreadable

from grader.model import (
    CheckResult,
    Difference,
    FunctionGrade,
    Grade,
    Status,
    Tolerance,
    TopicGrade,
)
from grader.report.audience import student_view
from grader.report.result import (
    SCHEMA_FILE,
    ResultError,
    dumps,
    from_json,
    loads,
    to_json,
)


def _schema(*, closed: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    if closed:
        for part in (schema, schema["properties"]["counts"], *schema["$defs"].values()):
            if "properties" in part:
                part["additionalProperties"] = False
    return schema


def _with(difference: Difference) -> Grade:
    check = CheckResult("c", "k", True, Status.FAILED, 0.0, 1.0, difference=difference)
    return Grade("s", (TopicGrade("t", (FunctionGrade("f", (check,)),)),))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(_schema())


@pytest.mark.parametrize("sample", [grade(), perfect(), unreadable(), hostile()])
def test_every_result_is_valid_and_says_nothing_unpublished(sample: Grade) -> None:
    Draft202012Validator(_schema(closed=True)).validate(json.loads(dumps(sample)))


@pytest.mark.parametrize("sample", [grade(), perfect(), unreadable()])
def test_a_result_read_back_is_the_same_grade(sample: Grade) -> None:
    assert loads(dumps(sample)) == sample


def test_the_fields_that_others_read_are_named_as_in_the_design() -> None:
    data = to_json(grade())
    topic = data["topics"][2]
    function = topic["functions"][1]
    check = function["checks"][2]
    assert list(data)[:4] == ["schema", "submission", "score", "max_score"]
    assert (data["schema"], data["submission"]) == ("grader/result/v1", "Ada Lovelace")
    assert (data["score"], data["max_score"]) == (grade().score, grade().max_score)
    assert (topic["topic"], function["function"]) == ("pad_batch", "pad_ids")
    assert (function["score"], function["max_score"]) == (2.0, 4.0)
    assert check["check"] == "the mask marks real tokens"
    assert check["case"] == "the pad id is also a token"
    assert (check["public"], check["status"]) == (True, "failed")
    assert (check["score"], check["max_score"]) == (0.0, 0.5)
    assert check["mistake"].startswith("Your mask says")
    assert check["difference"]["index"] == [1, 0]


def test_all_five_statuses_are_counted_and_never_merged() -> None:
    counts = to_json(grade())["counts"]
    assert list(counts) == [str(status) for status in Status]
    assert counts["grader error"] == 1
    assert counts["blocked"] == 2
    assert sum(counts.values()) == sum(
        len(function.checks) for topic in grade().topics for function in topic.functions
    )


def test_numbers_that_are_not_finite_are_valid_json() -> None:
    broken = Difference("nan", "m", size=math.nan, heat_map=replace(heat_map(), largest=math.inf))
    text = dumps(_with(broken))
    Draft202012Validator(_schema()).validate(json.loads(text, parse_constant=pytest.fail))
    found = loads(text).topics[0].functions[0].checks[0].difference
    assert found is not None
    assert found.heat_map is not None
    assert math.isnan(found.size or 0.0)
    assert found.heat_map.largest == math.inf


def test_the_text_is_stable_and_holds_nothing_that_a_terminal_obeys() -> None:
    text = dumps(hostile())
    assert text == dumps(hostile())
    assert "\u202e" not in text
    assert "\\u202e" in text
    assert loads(text).submission == hostile().submission


def test_the_text_is_the_json_with_a_line_a_check() -> None:
    for sample in (grade(), hostile(), unreadable(), Grade("s", ())):
        text = dumps(sample)
        assert json.loads(text) == to_json(sample)
        assert list(json.loads(text)) == list(to_json(sample))
    lines = [line for line in dumps(grade()).split("\n") if '"check":' in line]
    assert len(lines) == sum(to_json(grade())["counts"].values())
    assert all(json.loads(line.rstrip(","))["case"] for line in lines)


def test_equal_grades_have_the_same_text() -> None:
    """Zero has two signs, and they are equal."""
    minus = Difference("value", "m", size=-0.0, tolerance=Tolerance(-0.0, -0.0))
    zero = Difference("value", "m", size=0.0, tolerance=Tolerance(0.0, 0.0))
    assert _with(minus) == _with(zero)
    assert dumps(_with(minus)) == dumps(_with(zero))
    assert "-0.0" not in dumps(_with(minus))


def test_what_is_long_is_written_whole() -> None:
    """It is not kept for the next one, which is of no concern to who reads it."""
    check = replace(pad_ids().checks[2], output="p" * 100_000, message="é##[x]" * 1_000)
    sample = Grade("s", (TopicGrade("t", (FunctionGrade("f", (check, check)),)),))
    assert loads(dumps(sample)) == sample


def test_a_lone_surrogate_does_not_break_the_file() -> None:
    text = dumps(replace(perfect(), submission="bad\ud800name"))
    assert loads(text.encode("utf-8")).submission == "bad\ufffdname"


def test_unknown_fields_are_passed_over() -> None:
    data = to_json(perfect())
    data["added_later"] = data["topics"][0]["added_later"] = 1
    assert from_json(data) == perfect()


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("schema",), "grader/result/v9", "grader/result/v9"),
        (("topics", 2, "functions", 1, "checks", 2, "status"), "ok", "topics.2.functions.1.checks"),
        (("topics", 0, "functions", 0, "checks", 0, "public"), "yes", "public"),
        (("topics", 0, "functions", 0, "checks", 0, "score"), "NaN", "score"),
        (("score",), 83.0, "add up to"),
        (("topics", 1, "score"), 1.0, "topics.1"),
        (("topics", 2, "functions", 0, "max_score"), 99, "topics.2.functions.0"),
        (("topics",), None, "topics"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_place(path: Any, value: Any, told: str) -> None:
    data = copy.deepcopy(to_json(grade()))
    part = data
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(ResultError) as error:
        from_json(data, "ada/result.json")
    assert str(error.value).startswith("ada/result.json cannot be used")
    assert told in str(error.value)
    assert "grade the submission again" in str(error.value)


@pytest.mark.parametrize("levels", ["AAAA", "not base64!"])
def test_a_heat_map_of_another_size_is_refused(levels: str) -> None:
    data = to_json(_with(Difference("value", "m", heat_map=heat_map())))
    part = data["topics"][0]["functions"][0]["checks"][0]["difference"]["heat_map"]
    part["levels"] = levels
    with pytest.raises(ResultError, match="heat_map"):
        from_json(data)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 100_000, b"\xff\xfe"])
def test_what_is_no_result_is_refused(text: str | bytes) -> None:
    with pytest.raises(ResultError, match="cannot be used"):
        loads(text)


def test_a_students_copy_holds_nothing_hidden() -> None:
    assert CANARY in dumps(grade())
    assert CANARY not in dumps(student_view(grade()))


def test_a_student_keeps_what_is_theirs_to_see() -> None:
    seen = student_view(Grade("s", (TopicGrade("t", (pad_ids(),)),)))
    public, hidden = seen.topics[0].functions[0].checks[2:4]
    assert public.difference == pad_ids().checks[2].difference
    assert public.staff == ""
    assert (hidden.case, hidden.score, hidden.max_score) == ("hidden case 2", 0.0, 0.5)
    assert hidden.mistake == public.mistake
    assert (hidden.output, hidden.traceback, hidden.difference) == ("", (), None)
    assert seen.score == 2.0
