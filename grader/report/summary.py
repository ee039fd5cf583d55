"""The class in numbers: how scores are spread, topic by topic, and which mistakes are common.

In: class rows. Out: a Summary for the class page. Submissions of which nothing could be read are
left out of every mean; a topic's numbers are those of the submissions that tried it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from grader.report.rows import ClassRow, Slip, TopicScore, topic_names

BINS = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """Scores of one thing. ``bins`` counts them by tenths of the maximum, full marks in the
    last."""

    name: str
    max_score: float
    tried: int
    of: int
    full: int
    mean: float
    median: float
    bins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """A known mistake and the number of submissions that show it."""

    slip: Slip
    submissions: int


@dataclass(frozen=True, slots=True)
class Summary:
    submissions: int
    unreadable: int
    grader_errors: int
    empty: int
    overall: Spread
    topics: tuple[Spread, ...]
    mistakes: tuple[Common, ...]


def summarise(rows: Sequence[ClassRow], most_mistakes: int = 12) -> Summary:
    """All numbers of the class page. Works for no rows at all."""
    read = [row for row in rows if not row.problem]
    return Summary(
        submissions=len(rows),
        unreadable=len(rows) - len(read),
        grader_errors=sum(bool(row.grader_errors) for row in rows),
        empty=sum(not row.attempted for row in read),
        overall=_spread("all topics", [(row.score, row.max_score) for row in read], len(read)),
        topics=tuple(_topic_spread(name, read) for name in topic_names(rows)),
        mistakes=_common(read, most_mistakes),
    )


def _topic_spread(name: str, rows: Sequence[ClassRow]) -> Spread:
    found: list[TopicScore] = [
        topic for row in rows for topic in row.topics if topic.topic == name and topic.attempted
    ]
    return _spread(name, [(topic.score, topic.max_score) for topic in found], len(rows))


def _spread(name: str, scores: Sequence[tuple[float, float]], of: int) -> Spread:
    got = [score for score, _ in scores]
    return Spread(
        name=name,
        max_score=max((most for _, most in scores), default=0.0),
        tried=len(scores),
        of=of,
        full=sum(score >= most > 0 for score, most in scores),
        mean=fmean(got) if got else 0.0,
        median=float(median(got)) if got else 0.0,
        bins=_bins(scores),
    )


def _bins(scores: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    found = Counter(
        min(BINS - 1, max(0, int(BINS * score / most))) for score, most in scores if most > 0
    )
    return tuple(found[tenth] for tenth in range(BINS))


def _common(rows: Sequence[ClassRow], most: int) -> tuple[Common, ...]:
    found = Counter(slip for row in rows for slip in set(row.slips))
    ranked = sorted(found.items(), key=_rank)
    return tuple(Common(slip, amount) for slip, amount in ranked[:most])


def _rank(found: tuple[Slip, int]) -> tuple[int, str, str, str]:
    """The most common first; no two are equal, so that the order is always the same."""
    slip, amount = found
    return -amount, slip.topic, slip.sentence, slip.function
