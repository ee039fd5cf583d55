"""What is made once for the same thing."""

from __future__ import annotations

from dataclasses import replace

from report_samples import grade

from grader.report.recurring import OfTheSame
from grader.report.result import dumps


class Counted:
    """Counts what it makes."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, thing: list[str]) -> str:
        self.made += 1
        return thing[0]


def _is_short(_: object, text: str) -> bool:
    return len(text) <= 10


def test_the_same_thing_has_its_text_made_once_and_an_equal_one_its_own():
    make = Counted()
    text = OfTheSame(make, 2, _is_short)
    first, equal = ["a"], ["a"]
    assert [text(first), text(first), text(equal)] == ["a"] * 3
    assert make.made == 2


def test_few_are_kept_and_no_long_ones():
    make = Counted()
    text = OfTheSame(make, 2, _is_short)
    several, long = [["a"], ["b"], ["c"]], ["x" * 11]
    for thing in (*several, *several, long, long):
        assert text(thing) == thing[0]
    assert make.made == 8


def test_what_is_forgotten_is_made_anew():
    make = Counted()
    text = OfTheSame(make, 2, _is_short)
    thing = ["a"]
    for _ in range(2):
        text(thing)
        text.forget()
    assert make.made == 2


def test_a_grade_is_told_alike_whether_its_parts_came_before():
    one = grade()
    fresh = replace(
        one,
        topics=tuple(
            replace(topic, functions=tuple(map(replace, topic.functions))) for topic in one.topics
        ),
    )
    assert dumps(one) == dumps(one) == dumps(fresh)
