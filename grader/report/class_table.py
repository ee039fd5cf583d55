"""The table of a class in a terminal.

In: class rows and a rich Console. Out: one line a submission. Where the columns do not fit, topics
are numbered and a legend names them; in a pipe everything is written out, whatever the width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from grader.model import Status
from grader.report.lines import STYLES, say, say_line
from grader.report.rows import (
    ClassRow,
    TopicScore,
    display_name,
    needs_staff_first,
    topic_names,
)
from grader.report.summary import summarise
from grader.report.text import count, points

_LEAST_NAME = 10
_UNREADABLE, _BROKEN = _FLAGS = ("unreadable", "grader error")

Cell = tuple[str, str]  # text and style


def class_table(rows: Iterable[ClassRow], console: Console, limit: int | None = None) -> None:
    """Name, points by topic, total, and what needs a person; those rows first.

    ``limit`` bounds the rows on a terminal; a pipe gets all of them.
    """
    ordered = needs_staff_first(rows)
    if not ordered:
        say(console, Text("No submissions."))
        return
    shown = ordered[:limit] if console.is_terminal else ordered
    topics = topic_names(ordered)
    lines = _lines(shown, topics, rounded=False)
    rounded = console.is_terminal and sum(_widths(lines)) + len(lines[0]) > console.width
    if rounded:
        lines = _fitted(_lines(shown, topics, rounded=True), console.width)
    widths = _widths(lines)
    for line in lines:
        _print_line(line, widths, console)
    if rounded:
        named = ", ".join(f"{number} {topic}" for number, topic in enumerate(topics, 1))
        say(console, Text(f"Topics: {named}", "dim"))
    say(console, _ending(ordered, len(ordered) - len(shown)))


def _lines(rows: Sequence[ClassRow], topics: Sequence[str], *, rounded: bool) -> list[list[Cell]]:
    """The heading and the rows. ``rounded``: topics by number, scores to one decimal."""
    names = [str(number) for number in range(1, len(topics) + 1)] if rounded else topics
    heading: list[Cell] = [(cell, "bold") for cell in ("Submission", *names, "Total")]
    return [[*heading, ("", "")], *(_line(row, topics, rounded) for row in rows)]


def _line(row: ClassRow, topics: Sequence[str], rounded: bool) -> list[Cell]:
    found = {topic.topic: topic for topic in row.topics}
    flag = _UNREADABLE if row.problem else _BROKEN if row.grader_errors else ""
    return [
        (display_name(row), ""),
        *(_score(found.get(topic), rounded) for topic in topics),
        (_short(row.score, rounded), "bold"),
        (flag, "magenta"),
    ]


def _widths(lines: Sequence[Sequence[Cell]]) -> list[int]:
    return [max(cell_len(line[at][0]) for line in lines) for at in range(len(lines[0]))]


def _fitted(lines: list[list[Cell]], width: int) -> list[list[Cell]]:
    """The lines with names cut in their middle, as far as the width asks for it."""
    widths = _widths(lines)
    room = max(_LEAST_NAME, width - sum(widths[1:]) - len(widths))
    return [[(_middle(line[0][0], room), line[0][1]), *line[1:]] for line in lines]


def _middle(name: str, room: int) -> str:
    """Both ends of a name: it is the end that tells ``student-0163`` from ``student-0164``."""
    if cell_len(name) <= room:
        return name
    tail = (room - 1) // 2
    return f"{set_cell_size(name, room - 1 - tail).rstrip()}…{name[-tail:]}"


def _score(topic: TopicScore | None, rounded: bool) -> Cell:
    if topic is None or not topic.attempted:
        return ("-", "dim")
    text = _short(topic.score, rounded)
    return (f"{text}!", "magenta") if topic.error else (text, _style(topic))


def _style(topic: TopicScore) -> str:
    return STYLES[Status.PASSED] if topic.score >= topic.max_score else ""


def _short(value: float, rounded: bool) -> str:
    return f"{value:.1f}".removesuffix(".0") if rounded else points(value)


def _print_line(line: Sequence[Cell], widths: Sequence[int], console: Console) -> None:
    """Text stands left (the name first, a flag last), numbers right."""
    text = Text()
    for at, ((cell, style), width) in enumerate(zip(line, widths, strict=True)):
        blanks = Text(" " * (width - cell_len(cell)))
        words = at == 0 or cell in _FLAGS
        text += Text(" " if at else "")
        text += Text(cell, style) + blanks if words else blanks + Text(cell, style)
    if console.is_terminal:
        text.truncate(console.width)
    say_line(console, text)


def _ending(rows: Sequence[ClassRow], more: int) -> Text:
    summary = summarise(rows)
    hidden = f"… and {count(more, 'more submission')}. " if more else ""
    spread = summary.overall
    told = (
        f"{count(summary.submissions, 'submission')}: mean {points(spread.mean)}, "
        f"median {points(spread.median)} of {points(spread.max_score)} points"
    )
    flagged = sum(row.needs_staff for row in rows)
    staff = f"; {count(flagged, 'needs', 'need')} a person (first in the table)" if flagged else ""
    return Text(f"{hidden}{told}{staff}.", "bold")
