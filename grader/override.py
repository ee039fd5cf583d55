"""Points that a person gave by hand, put into a grade.

In: a Grade and overrides. Out: the grade with these points, each check saying so. What the judge
found stays in the text for staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from grader.model import CheckResult, FunctionGrade, Grade, Override, Status, TopicGrade

T = TypeVar("T")


class OverrideError(ValueError):
    """Points cannot be given so; the message says why, and what can be named."""


def overridden(grade: Grade, overrides: Iterable[Override]) -> Grade:
    """The grade with the overrides that are for it. One that no longer fits (its check was renamed)
    changes nothing, and is told in the topic's notes for staff."""
    topics = {topic.topic: topic for topic in grade.topics}
    for override in overrides:
        if override.topic in topics:
            topics[override.topic] = _topic(topics[override.topic], override)
    return replace(grade, topics=tuple(topics.values()))


def fitting(grade: Grade, override: Override) -> Override:
    """The override, if it is one that ``grade`` can have. Raises ``OverrideError``."""
    topic = _named("topic", override.topic, {one.topic: one for one in grade.topics})
    function = _named("function", override.function, {f.function: f for f in topic.functions})
    if override.check:
        _named("check", override.check, {one.check: one for one in function.checks})
    most = _most(function, override)
    if not 0 <= override.points <= most:
        what = override.check or override.function
        raise OverrideError(f"{what!r} is worth {most:g} points, so {override.points:g} cannot be.")
    return override


def _topic(topic: TopicGrade, override: Override) -> TopicGrade:
    functions = tuple(_function(one, override) for one in topic.functions)
    if functions != topic.functions:
        return replace(topic, functions=functions)
    where = f"{override.function}: {override.check}" if override.check else override.function
    note = (
        f"{override.points:g} points were given by hand for {where!r}, which is not there any "
        f"more (or is worth less): they do not count. ({override.author}: {override.reason})"
    )
    return replace(topic, staff_notes=(*topic.staff_notes, note))


def _function(function: FunctionGrade, override: Override) -> FunctionGrade:
    most = _most(function, override)
    if function.function != override.function or not most or override.points > most:
        return function
    part = override.points / most
    return replace(function, checks=tuple(_check(one, override, part) for one in function.checks))


def _most(function: FunctionGrade, override: Override) -> float:
    return sum(one.max_score for one in function.checks if _is_meant(one, override))


def _is_meant(result: CheckResult, override: Override) -> bool:
    return override.check in ("", result.check)


def _check(result: CheckResult, override: Override, part: float) -> CheckResult:
    if not _is_meant(result, override):
        return result
    told = f"Points given by hand: {override.reason}"
    found = f"The grader found: {result.status}, {result.score:g} of {result.max_score:g}."
    return replace(
        result,
        status=Status.PASSED if part == 1 else Status.FAILED,
        score=round(part * result.max_score, 6),
        message=told,
        hint="",
        mistake="",
        staff=f"{told} ({override.author}, {override.made}). {found}\n{result.staff}".strip(),
    )


def _named(kind: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        listed = ", ".join(known)
        raise OverrideError(f"there is no {kind} {name!r}. There are: {listed}.")
    return known[name]
