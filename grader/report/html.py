"""The pages: a student's report, the same for staff, and the class page.

In: a Grade, or the class's rows. Out: HTML text, one self-contained file each, readable without
its script and of bounded size whatever the students' code printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from grader.model import FunctionGrade, Grade, Status, TopicGrade
from grader.report.audience import student_view
from grader.report.detail import DETAILS, REPORT_LIMIT, Detail, estimate, worth_trying
from grader.report.grouping import (
    Group,
    Reason,
    counts_of_lines,
    gravest,
    group,
    next_of,
    shared_reason,
)
from grader.report.page import macro, render, render_pieces
from grader.report.recurring import FUNCTIONS, OfTheSame, is_small_function
from grader.report.rows import (
    ClassRow,
    TopicScore,
    class_row,
    display_name,
    needs_staff_first,
    shown_name,
)
from grader.report.summary import Summary, summarise
from grader.report.text import clean, points

__all__ = [
    "ClassRow",
    "Partial",
    "class_page",
    "class_page_pieces",
    "class_row",
    "staff_report",
    "student_report",
]


@dataclass(frozen=True, slots=True)
class FunctionView:
    """One function, ready to draw."""

    group: Group
    _sections: dict[tuple[str, Detail, bool, bool], Markup] = field(default_factory=dict)
    _lengths: dict[tuple[Detail, bool], int] = field(default_factory=dict)

    def section(self, anchor: str, detail: Detail, staff: bool, told_above: bool) -> Markup:
        """Its name and what stands below, drawn once for all pages that say the same there."""
        wanted = (anchor, detail, staff, told_above)
        if wanted not in self._sections:
            drawn = macro("parts.html.j2", "function_section", self.group, *wanted)
            self._sections[wanted] = drawn
        return self._sections[wanted]

    def length(self, detail: Detail, staff: bool) -> int:
        """About how many characters that is."""
        if (detail, staff) not in self._lengths:
            self._lengths[detail, staff] = estimate(self.group, detail, staff=staff)
        return self._lengths[detail, staff]


@dataclass(frozen=True, slots=True)
class TopicView:
    """One topic, ready to draw. ``anchor`` is its id in the page."""

    topic: TopicGrade
    score: float
    max_score: float
    anchor: str
    title: str
    status: Status
    functions: tuple[FunctionView, ...]
    shared: Reason | None

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(each.group for each in self.functions)

    @property
    def unfolded(self) -> bool:
        """Only what needs the reader's eye is open from the start."""
        return self.status not in (Status.PASSED, Status.NOT_ATTEMPTED)


def student_report(grade: Grade, topics_info: Mapping[str, str] | None = None) -> str:
    """The page that a student reads. Nothing that hidden cases could give away is in it.

    ``topics_info`` maps a topic to the line shown beside its name.
    """
    return _report(student_view(grade), topics_info or {}, staff=False)


def staff_report(grade: Grade, topics_info: Mapping[str, str] | None = None) -> str:
    """The same page with everything: hidden cases by name, differences, heat maps, staff texts."""
    return _report(grade, topics_info or {}, staff=True)


@dataclass(frozen=True, slots=True)
class Partial:
    """That the class is not graded to its end; ``total`` is its size, 0 when nobody knows."""

    total: int = 0


def class_page(rows: Iterable[ClassRow], partial: Partial | None = None) -> str:
    """The page of a class: summary, common mistakes, and a line a submission.

    Rows that need a person come first. A thousand submissions of twelve topics take about
    340 KiB.
    """
    return "".join(class_page_pieces(rows, partial))


def class_page_pieces(rows: Iterable[ClassRow], partial: Partial | None = None) -> Iterator[str]:
    """The same, piece by piece."""
    ordered = needs_staff_first(rows)
    return render_pieces(
        "class.html.j2",
        rows=ordered,
        summary=summarise(ordered),
        flagged=[row for row in ordered if row.needs_staff],
        partial=partial,
        in_columns=in_columns,
        shade=shade,
        tally=tally,
        display_name=display_name,
        statuses=tuple(Status),
    )


def shade(score: float, max_score: float) -> str:
    """The class of a cell: ``a`` nothing, ``b`` to ``d`` more and more, ``e`` full marks."""
    part = score / max_score if max_score else 0.0
    return "e" if part >= 1 else "abcd"[(part > 0) + (part >= 0.4) + (part >= 0.7)]


def in_columns(row: ClassRow, summary: Summary) -> list[TopicScore | None]:
    """The row's topics in the order of the page's columns; None where it has none."""
    by_name = {topic.topic: topic for topic in row.topics}
    return [by_name.get(spread.name) for spread in summary.topics]


def tally(row: ClassRow) -> str:
    """What is not passed, in few words: ``3 failed, 1 blocked``."""
    open_ones = [pair for pair in row.counts if pair[1] and pair[0] is not Status.PASSED]
    return ", ".join(f"{amount} {status}" for status, amount in open_ones)


def _report(grade: Grade, titles: Mapping[str, str], *, staff: bool) -> str:
    # What could not be read at all has one thing to say, not one for each topic.
    graded = () if grade.problem else grade.topics
    topics = tuple(_view(topic, at, titles) for at, topic in enumerate(graded, 1))
    groups = [(view.topic.topic, each) for view in topics for each in view.groups]
    drawn = [each for _, each in groups]
    score, max_score = grade.score, grade.max_score
    page = ""
    functions = [each for view in topics for each in view.functions]
    for detail in worth_trying(lambda level: sum(one.length(level, staff) for one in functions)):
        page = render(
            "report.html.j2",
            grade=grade,
            score=score,
            max_score=max_score,
            name=shown_name(grade.submission),
            topics=topics,
            tally=counts_of_lines(drawn),
            step=next_of(groups),
            anchors=_anchors(topics),
            headline=_headline(grade.submission, score, max_score),
            detail=detail,
            shortened=detail is not DETAILS[0],
            staff=staff,
        )
        if len(page.encode("utf-8")) <= REPORT_LIMIT:
            break
    return page


def _view(topic: TopicGrade, position: int, titles: Mapping[str, str]) -> TopicView:
    functions = tuple(map(_kept_view, topic.functions))
    groups = [each.group for each in functions]
    return TopicView(
        topic=topic,
        score=topic.score,
        max_score=topic.max_score,
        anchor=f"t{position}",
        title=titles.get(topic.topic, ""),
        status=gravest(each.status for each in groups),
        functions=functions,
        shared=shared_reason(groups),
    )


def _function_view(function: FunctionGrade) -> FunctionView:
    return FunctionView(group(function))


_kept_view = OfTheSame(_function_view, FUNCTIONS, is_small_function)


def _anchors(topics: Iterable[TopicView]) -> dict[tuple[str, str], str]:
    return {
        (view.topic.topic, each.function): f"{view.anchor}-{position}"
        for view in topics
        for position, each in enumerate(view.groups, 1)
    }


def _headline(name: str, score: float, max_score: float) -> str:
    return f"{clean(name, 60, newlines=False)}: {points(score)} of {points(max_score)} points"
