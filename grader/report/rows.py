"""What the class page, the class table and the CSV keep of a grade: a line each.

In: a Grade. Out: a ClassRow of some hundred bytes, so that a class of any size fits in memory
while its grades come and go one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import starmap
from sys import intern
from urllib.parse import quote

from grader.model import Grade, Status, TopicGrade
from grader.report.grouping import counts, gravest
from grader.report.text import NAME, SENTENCE, clean

_NAME_BYTES = 255  # of a file's name, at most


@dataclass(frozen=True, slots=True)
class TopicScore:
    """One topic of one submission. ``status`` is the gravest of its results; ``error`` says that
    the grader failed on one of them."""

    topic: str
    score: float
    max_score: float
    status: Status
    error: bool = False

    @property
    def attempted(self) -> bool:
        return self.status is not Status.NOT_ATTEMPTED


@dataclass(frozen=True, slots=True)
class Slip:
    """A known mistake that a submission shows, however many cases show it."""

    topic: str
    function: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One submission's line. ``problem`` is set when nothing of it could be read; ``link`` is
    the address of its report, relative to the class page; may be empty."""

    submission: str
    score: float
    max_score: float
    topics: tuple[TopicScore, ...]
    counts: tuple[tuple[Status, int], ...]
    slips: tuple[Slip, ...] = ()
    problem: str = ""
    link: str = ""

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.counts)

    @property
    def percent(self) -> float:
        return 100 * self.score / self.max_score if self.max_score else 0.0

    @property
    def grader_errors(self) -> int:
        return self.number_of(Status.GRADER_ERROR)

    @property
    def needs_staff(self) -> bool:
        return bool(self.problem or self.grader_errors)

    @property
    def attempted(self) -> bool:
        return any(topic.attempted for topic in self.topics)

    @property
    def status(self) -> str:
        """``final``, or why a person has to look before the score can stand."""
        if self.problem:
            return f"unreadable: {clean(self.problem, SENTENCE, newlines=False)}"
        if self.grader_errors:
            return "needs staff: grader error"
        return "final"

    def number_of(self, status: Status) -> int:
        return dict(self.counts).get(status, 0)


def class_row(grade: Grade, link: str | None = None) -> ClassRow:
    """The grade's line. ``link`` defaults to ``<submission>/report.html``, as ``grader grade``
    lays results out."""
    return ClassRow(
        submission=grade.submission,
        score=grade.score,
        max_score=grade.max_score,
        # What could not be read has no topics: their zeros would look like answers.
        topics=() if grade.problem else tuple(_topic_score(topic) for topic in grade.topics),
        counts=tuple(starmap(_one_count, counts(grade).items())),
        slips=() if grade.problem else _slips(grade),
        problem=grade.problem,
        link=page_link(grade.submission, "report.html") if link is None else link,
    )


def needs_staff_first(rows: Iterable[ClassRow]) -> list[ClassRow]:
    """Rows that a person must look at, then the others, each by name."""
    return sorted(rows, key=lambda row: (not row.needs_staff, name_order(row.submission)))


def name_order(submission: str) -> tuple[str, str]:
    """Sorts by name in any mix of cases. No two names are equal, so that the order is always the
    same."""
    return submission.casefold(), submission


def topic_names(rows: Sequence[ClassRow]) -> list[str]:
    """All topics of any row, in the order in which they were first seen."""
    return list(dict.fromkeys(topic.topic for row in rows for topic in row.topics))


def page_link(submission: str, page: str) -> str:
    """The address of a submission's page, relative to the class page; empty for a name that no
    folder has."""
    raw = submission.encode("utf-8", "replace")
    if not submission.strip(".") or len(raw) > _NAME_BYTES:
        return ""
    # Quoted whole, so that a name is one step of the path and can hold no scheme of its own.
    return f"./{quote(raw, safe='')}/{page}"


def display_name(row: ClassRow) -> str:
    return shown_name(row.submission)


def shown_name(submission: str) -> str:
    return clean(submission, NAME, newlines=False) or "(no name)"


def _topic_score(topic: TopicGrade) -> TopicScore:
    statuses = {result.status for each in topic.functions for result in each.checks}
    return _one_score(
        intern(topic.topic),
        topic.score,
        topic.max_score,
        gravest(statuses),
        Status.GRADER_ERROR in statuses,
    )


def _slips(grade: Grade) -> tuple[Slip, ...]:
    found = {
        _one_slip(intern(topic.topic), intern(function.function), intern(result.mistake)): None
        for topic in grade.topics
        for function in topic.functions
        for result in function.checks
        if result.mistake and result.status is Status.FAILED
    }
    return tuple(found)


def _pair(status: Status, amount: int) -> tuple[Status, int]:
    return status, amount


# Rows are many and what is in them is few: equal parts are one object.
_one_score = lru_cache(maxsize=1 << 14)(TopicScore)
_one_slip = lru_cache(maxsize=1 << 14)(Slip)
_one_count = lru_cache(maxsize=1 << 14)(_pair)


def compact(row: ClassRow) -> ClassRow:
    """The same row, made of parts that other rows have too."""
    return replace(
        row,
        topics=tuple(
            _one_score(intern(each.topic), each.score, each.max_score, each.status, each.error)
            for each in row.topics
        ),
        counts=tuple(starmap(_one_count, row.counts)),
        slips=tuple(
            _one_slip(intern(each.topic), intern(each.function), intern(each.sentence))
            for each in row.slips
        ),
    )
