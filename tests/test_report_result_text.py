"""A result's text, read function by function: the same as read whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from report_samples import grade, hostile, perfect

from grader.model import Grade
from grader.report.recurring import LONGEST
from grader.report.result import ResultError, dumps, from_json, loads
from grader.report.result_file import FunctionPart
from grader.report.result_text import parsed


def _parts(text: str) -> list[object]:
    return [one for topic in parsed(text)["topics"] for one in topic["functions"]]


@pytest.mark.parametrize("made", [grade, perfect, hostile])
def test_our_own_layout_is_read_in_parts_and_says_the_same(made: Callable[[], Grade]) -> None:
    text = dumps(made())
    assert all(isinstance(one, FunctionPart) for one in _parts(text))
    assert loads(text) == loads(text.encode()) == from_json(json.loads(text))
    assert dumps(loads(text)) == text


def test_equal_functions_of_two_submissions_are_one_object() -> None:
    first = loads(dumps(grade()))
    other = loads(dumps(replace(grade(), submission="another", seed="y")))
    assert other.submission == "another"
    pairs = zip(first.topics, other.topics, strict=True)
    for one, two in [pair for a, b in pairs for pair in zip(a.functions, b.functions, strict=True)]:
        assert one is two


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
def test_other_layouts_say_the_same(indent: int | None) -> None:
    text = dumps(grade())
    other = json.dumps(json.loads(text), indent=indent)
    assert loads(other) == loads(text)


def _damaged(text: str) -> list[str]:
    last = text.rindex("\n    }")
    data = json.loads(text)
    function = data["topics"][0]["functions"][0]
    laid_out = json.dumps(function, indent=1).replace("\n", "\n    ")
    return [
        text.replace('"score": ', '"score": 4', 3),
        text.replace('"max_score": ', '"max_score": 9', 9),
        text.replace('"function": ', '"functino": ', 1),
        text.replace('"function": ', '"function": 3, "x": ', 1),
        text.replace('"functions": ', '"functoins": ', 1),
        text.replace('"functions": [', '"functions": [1, ', 1),
        text.replace('"functions": [', '"functions": ["0", ', 1),
        text.replace('"notes": []', f'"notes": [\n    {laid_out}]', 1),
        text[:last],
        text[:last] + "\n    }}" + text[last + 6 :],
        text.replace("\n    {\n", "\n    {{\n", 1),
        text.replace("\n    {\n", "\n    1 {\n", 1),
        text.replace("\n    {\n", '\n    "a"\n    {\n', 1),
        text.replace('"topics": [', '"topics": 3, "x": [', 1),
        text.replace('"topics": [', '"topics": [null, ', 1),
        "[" * 100_000,
        "\n    {\n" * 1_000,
        "",
    ]


@pytest.mark.parametrize("at", range(18))
def test_what_is_wrong_is_told_as_of_the_whole(at: int) -> None:
    text = _damaged(dumps(grade()))[at]
    assert text != dumps(grade())
    told = []
    for read in (loads, lambda text: from_json(json.loads(text))):
        with pytest.raises((ResultError, ValueError, RecursionError)) as caught:
            read(text)
        told.append(str(caught.value))
    assert told[1] in told[0]


def test_a_function_outside_a_topic_is_no_function() -> None:
    text = dumps(grade())
    block = text[text.index("\n    {\n") : text.index("\n    }") + len("\n    }")]
    moved = text.replace('"seed"', f'"extra": {block},\n "seed"', 1)
    assert moved != text
    assert not any(isinstance(one, FunctionPart) for one in _parts(moved))
    assert loads(moved) == loads(text)


def test_what_a_stranger_printed_at_length_is_not_kept() -> None:
    topic = grade().topics[0]
    function = topic.functions[0]
    long = replace(function.checks[0], output="x" * (LONGEST + 1))
    whole = replace(function, checks=(long, *function.checks[1:]))
    text = dumps(
        replace(grade(), topics=(replace(topic, functions=(whole, *topic.functions[1:])),))
    )
    (one, *_), (two, *_) = _parts(text), _parts(text)
    assert one == two
    assert one is not two
