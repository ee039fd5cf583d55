"""Says each thing once: the same failure in eight cases becomes one reason with eight cases.

In: one function's results, check by check and case by case. Out: rubric lines and reasons, for
the page and the terminal to draw.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.model import CheckResult, Difference, FunctionGrade, Grade, Status
from grader.report.text import count

# Of several verdicts, the one that a line or function is headed by.
_GRAVEST = (
    Status.FAILED,
    Status.GRADER_ERROR,
    Status.BLOCKED,
    Status.NOT_ATTEMPTED,
    Status.PASSED,
)
# Kinds of difference of a value that came back. Every other category (an exception, a time-out, a
# file that does not load) befell the call as a whole, and fails all checks of its case alike.
_OF_A_VALUE = frozenset(
    {"type", "structure", "shape", "dtype", "gradient", "nan", "value", "missing"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A rubric line: one check over all the cases it applies to."""

    check: str
    status: Status
    score: float
    max_score: float
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points were lost. ``lead`` is the result that shows most of it."""

    lead: CheckResult
    results: tuple[CheckResult, ...]
    lines: tuple[Line, ...]

    @property
    def elsewhere(self) -> str:
        """The other cases it happened in: ``“one row” and 3 hidden cases``; may be empty."""
        others = dict.fromkeys((each.case, each.public) for each in self.results)
        others.pop((self.lead.case, self.lead.public))
        parts = [f"“{case}”" for case, public in others if public]
        hidden = sum(not public for _, public in others)
        if hidden:
            kind = "more hidden case" if not self.lead.public else "hidden case"
            parts.append(count(hidden, kind))
        return _listed(parts)


@dataclass(frozen=True, slots=True)
class Group:
    """One function, ready to draw: what passed as lines, the rest as reasons."""

    function: str
    status: Status
    score: float
    max_score: float
    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...]

    @property
    def passed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.status is Status.PASSED)


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do. ``reason`` is None where a function is yet to be written."""

    topic: str
    function: str
    reason: Reason | None
    worth: float


def group(function: FunctionGrade) -> Group:
    lines = _lines(function.checks)
    return Group(
        function=function.function,
        status=gravest(line.status for line in lines),
        score=function.score,
        max_score=function.max_score,
        lines=lines,
        reasons=_reasons(function.checks, lines),
    )


def shared_reason(groups: Sequence[Group]) -> Reason | None:
    """The one reason of a whole topic: a file that does not load fails every function alike."""
    causes = {_cause(reason.lead) for each in groups for reason in each.reasons}
    single = all(len(each.reasons) == 1 and not each.passed for each in groups)
    if len(groups) < 2 or not single or len(causes) != 1:
        return None
    first = groups[0].reasons[0]
    whole = first.lead.category not in _OF_A_VALUE and not first.lead.mistake
    return first if whole and first.lead.status is not Status.NOT_ATTEMPTED else None


def repeats(told: str, found: Difference) -> bool:
    """Whether the sentence above a difference has said it already."""
    opening = found.message[1:200]
    return bool(opening) and opening in told[:2000]


def gravest(statuses: Iterable[Status]) -> Status:
    """The verdict that heads several; of none, ``not attempted``."""
    found = set(statuses)
    return next((status for status in _GRAVEST if status in found), Status.NOT_ATTEMPTED)


def counts(grade: Grade) -> dict[Status, int]:
    """How many results (a check on a case) have each status; all five keys are there."""
    found = Counter(result.status for result in every_result(grade))
    return {status: found[status] for status in Status}


def counts_of_lines(groups: Iterable[Group]) -> dict[Status, int]:
    """How many rubric lines have each status; all five keys are there."""
    found = Counter(line.status for each in groups for line in each.lines)
    return {status: found[status] for status in Status}


def every_result(grade: Grade) -> Iterable[CheckResult]:
    return (
        result
        for topic in grade.topics
        for function in topic.functions
        for result in function.checks
    )


def next_step(grade: Grade) -> Step | None:
    """The first failure in the course's order, else the first function not yet written."""
    return next_of(
        [(topic.topic, group(each)) for topic in grade.topics for each in topic.functions]
    )


def next_of(groups: list[tuple[str, Group]]) -> Step | None:
    """The same, of groups that are there already, each with its topic."""
    return next(_failures(groups), None) or next(_unwritten(groups), None)


def _failures(groups: list[tuple[str, Group]]) -> Iterator[Step]:
    for topic, each in groups:
        for reason in each.reasons:
            if reason.lead.status is Status.FAILED:
                yield Step(topic, each.function, reason, _open(reason.lines))


def _unwritten(groups: list[tuple[str, Group]]) -> Iterator[Step]:
    for topic, each in groups:
        if each.status is Status.NOT_ATTEMPTED:
            yield Step(topic, each.function, None, each.max_score)


def _open(lines: Iterable[Line]) -> float:
    return round(sum(line.max_score - line.score for line in lines), 6)


def _lines(results: Iterable[CheckResult]) -> tuple[Line, ...]:
    by_check: dict[str, list[CheckResult]] = defaultdict(list)
    for result in results:
        by_check[result.check].append(result)
    return tuple(
        Line(
            check=check,
            status=gravest(result.status for result in found),
            score=round(sum(result.score for result in found), 6),
            max_score=round(sum(result.max_score for result in found), 6),
            cases=tuple(result.case for result in found),
        )
        for check, found in by_check.items()
    )


def _reasons(results: Iterable[CheckResult], lines: tuple[Line, ...]) -> tuple[Reason, ...]:
    by_cause: dict[tuple[str, ...], list[CheckResult]] = defaultdict(list)
    for result in results:
        if result.status is not Status.PASSED:
            by_cause[_cause(result)].append(result)
    return tuple(_reason(found, lines) for found in by_cause.values())


def _reason(found: list[CheckResult], lines: tuple[Line, ...]) -> Reason:
    checks = {result.check for result in found}
    return Reason(
        lead=min(found, key=_shows_less),
        results=tuple(found),
        lines=tuple(line for line in lines if line.check in checks),
    )


def _cause(result: CheckResult) -> tuple[str, ...]:
    """Results with the same cause are told together.

    A known mistake explains all it touches; what befell a call is one thing; everything else is a
    matter of one check and one kind of difference.
    """
    if result.status is Status.NOT_ATTEMPTED:
        return (result.status,)
    if result.status is not Status.FAILED:
        return (result.status, result.message)
    if result.mistake:
        return (result.status, result.mistake)
    if result.category in _OF_A_VALUE:
        return (result.status, result.category, result.check)
    # What comes after the first colon is an exception's text: it may differ from case to case,
    # and is never told of a hidden one.
    return (result.status, result.category, result.message.split(": ")[0].rstrip("."))


def _shows_less(result: CheckResult) -> tuple[bool, bool, bool]:
    difference = result.difference
    return (
        not result.public,
        difference is None,
        difference is None or difference.heat_map is None,
    )


def _listed(parts: list[str]) -> str:
    if len(parts) > 4:
        parts = parts[:3] + [f"{len(parts) - 3} more"]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""
