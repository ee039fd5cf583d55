"""Annotations for a GitHub Actions log; the step's summary is ``github_summary``'s.

In: grades. Out: lines for standard output. First a few that tell the scores, inside
``::stop-commands::``, so that no word of a student's is taken for a command; then the commands that
raise the annotations, in which students' text is escaped.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.model import Grade, Status, TopicGrade
from grader.report.export.form import Beside, Format
from grader.report.export.github_summary import LIMIT, summary
from grader.report.grouping import Reason, group, shared_reason
from grader.report.inert import inert
from grader.report.text import NAME, clean, count, points

_SENTENCE = 1200
_MOST = 10  # annotations of a kind that GitHub shows of a step
_KINDS = {
    Status.FAILED: "error",
    Status.GRADER_ERROR: "warning",
    Status.BLOCKED: "notice",
    Status.NOT_ATTEMPTED: "notice",
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """``kind`` is error, warning or notice; ``line`` counts from 1, 0 where none is known."""

    kind: str
    title: str
    message: str
    file: str
    line: int


def log(grades: Iterable[Grade], token: str) -> Iterator[str]:
    """The lines. ``token`` ends the part without commands: nobody may be able to guess it."""
    kept: dict[str, list[Annotation]] = {"error": [], "warning": [], "notice": []}
    more = 0
    yield f"::stop-commands::{token}\n"
    for grade in grades:
        yield from (f"{inert(line)}\n" for line in _scores(grade))
        for found in _annotations(grade):
            room = len(kept[found.kind]) < _MOST
            more += not room
            if room:
                kept[found.kind].append(found)
    if more:
        yield f"{count(more, 'more annotation')} left out: GitHub shows {_MOST} of a kind.\n"
    yield f"::{token}::\n"
    for several in kept.values():
        yield from map(_command, several)


FORMAT = Format(
    lambda grades: log(grades, secrets.token_hex(16)),
    Beside("GITHUB_STEP_SUMMARY", LIMIT, summary),
)


def _scores(grade: Grade) -> Iterator[str]:
    name = clean(grade.submission, NAME, newlines=False)
    yield f"{name}: {points(grade.score)} of {points(grade.max_score)} points"
    if grade.problem:
        yield f"  {clean(grade.problem, _SENTENCE, newlines=False)}"
        return
    for topic in grade.topics:
        yield f"  {topic.topic}: {points(topic.score)} of {points(topic.max_score)}"


def _annotations(grade: Grade) -> Iterator[Annotation]:
    """One for each reason why points were lost, in the course's order."""
    if grade.problem:
        yield Annotation("error", grade.submission, grade.problem, "", 0)
        return
    for topic in grade.topics:
        groups = [group(function) for function in topic.functions]
        shared = shared_reason(groups)
        if shared:
            yield _annotation(grade, topic, topic.topic, shared)
            continue
        yield from (
            _annotation(grade, topic, f"{topic.topic}: {each.function}", reason)
            for each in groups
            for reason in each.reasons
        )


def _annotation(grade: Grade, topic: TopicGrade, where: str, reason: Reason) -> Annotation:
    lead = reason.lead
    checks = "; ".join(dict.fromkeys(line.check for line in reason.lines))
    told = [f"{str(lead.status).capitalize()}: {checks}", lead.message]
    told += [f"Likely cause: {lead.mistake}"] if lead.mistake else []
    told += [f"Hint: {lead.hint}"] if lead.hint else []
    told += [f"Staff: {lead.staff}"] if lead.staff and lead.staff != lead.message else []
    title = f"{where} ({grade.submission})"
    line = _line(topic.file, lead.traceback)
    return Annotation(_KINDS[lead.status], title, "\n".join(told), topic.file, line)


def _line(file: str, traceback: tuple[str, ...]) -> int:
    """The last line of the student's own, where the file is a Python file. A traceback's line
    begins with its place, so that no name of a function can stand in for it."""
    last = traceback[-1] if traceback else ""
    found = re.match(re.escape(file) + r", line (\d{1,9})(?!\d)", last)
    return int(found[1]) if found else 0


def _command(one: Annotation) -> str:
    """A workflow command, of one line whatever is in it."""
    told = {"file": one.file, "line": str(one.line or ""), "title": one.title}
    properties = ",".join(
        f"{name}={_property(clean(text, 400, newlines=False))}"
        for name, text in told.items()
        if text
    )
    return f"::{one.kind} {properties}::{_data(clean(one.message, _SENTENCE))}\n"


def _data(text: str) -> str:
    """Escaped; and inert all the same, for other services that read such a log."""
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
