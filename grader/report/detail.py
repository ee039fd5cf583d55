"""How much a report says, so that it stays small whatever the students' code printed.

In: the functions that a report would show. Out: the levels of detail that are worth rendering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.model import CheckResult
from grader.report.grouping import Group

REPORT_LIMIT = 300 * 1024  # bytes of UTF-8


@dataclass(frozen=True, slots=True)
class Detail:
    """Characters of a sentence and of printed output, lines of a traceback, cells along the side
    of a heat map, reasons a function, other cases a reason, notes."""

    sentence: int
    printed: int
    frames: int
    cells: int
    reasons: int
    cases: int
    notes: int


# Tried in turn until the page fits. The last always does, for a course of this size: what is left
# of it was written by staff, but for one or two short sentences a function.
DETAILS = (
    Detail(sentence=1200, printed=4000, frames=30, cells=192, reasons=12, cases=40, notes=20),
    Detail(sentence=600, printed=800, frames=10, cells=64, reasons=6, cases=8, notes=8),
    Detail(sentence=300, printed=200, frames=3, cells=24, reasons=3, cases=2, notes=3),
    Detail(sentence=100, printed=0, frames=0, cells=0, reasons=1, cases=0, notes=1),
)


def worth_trying(length: Callable[[Detail], int]) -> Iterator[Detail]:
    """The levels that may fit, most detailed first; always the last one. ``length`` adds up what
    the page's functions have to say at a level.

    Rendering costs far more than adding up lengths, so that a page that would be much too large
    is not made in the first place.
    """
    for detail in DETAILS[:-1]:
        if length(detail) <= 2 * REPORT_LIMIT:
            yield detail
    yield DETAILS[-1]


def estimate(group: Group, detail: Detail, *, staff: bool) -> int:
    """Characters of what a function has to say at this level, before any escaping."""
    others = detail.cases if staff else 0
    return sum(
        _length(result, detail)
        for reason in group.reasons[: detail.reasons]
        for result in (reason.lead, *reason.results[:others])
    )


def _length(result: CheckResult, detail: Detail) -> int:
    texts = [result.message, result.hint, result.mistake, result.staff]
    picture = 0
    if result.difference:
        texts += [result.difference.got, result.difference.want]
        drawn = result.difference.heat_map
        picture = min(drawn.rows * drawn.columns, detail.cells**2) // 2 if drawn else 0
    frames = result.traceback[: detail.frames]
    return (
        picture
        + min(len(result.output), detail.printed)
        + sum(min(len(text), detail.sentence) for text in texts)
        + sum(min(len(line), detail.sentence, 300) for line in frames)
    )
