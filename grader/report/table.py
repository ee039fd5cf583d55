"""The class as a table to open in a spreadsheet.

In: class rows. Out: CSV text, a line a submission, in the order of the rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from grader.report.inert import inert
from grader.report.rows import ClassRow, topic_names
from grader.report.text import clean, points

# Excel takes a CSV without this mark for the machine's old code page and breaks every name with
# an accent. What reads it with pandas, R or `encoding="utf-8-sig"` passes over the mark.
BYTE_ORDER_MARK = "\ufeff"

# A spreadsheet runs a cell that starts so as a formula; the full-width forms too, in some locales.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where a spreadsheet may begin a cell in the middle of ours: its locale separates cells by ``;``,
# or it takes quotes for text.
_INNER = re.compile(r"([;,|\"]\s*)(?=[=+\-@＝＋－＠])")


def grades_csv(rows: Iterable[ClassRow]) -> str:
    """Columns: submission, score, max_score, percent, one for each topic, status.

    A topic that was not attempted is an empty cell, told apart from a 0. Text that a spreadsheet
    would run as a formula gets a leading apostrophe, and what a CI service would take for a
    command a blank, names too: match on ``result.json`` where names may hold such.
    """
    return "".join(csv_pieces(rows))


def csv_pieces(rows: Iterable[ClassRow]) -> Iterator[str]:
    """The same, a line after another."""
    kept = rows if isinstance(rows, Sequence) else list(rows)
    topics = topic_names(kept)
    header = ["submission", "score", "max_score", "percent", *map(_text, topics), "status"]
    yield BYTE_ORDER_MARK + _csv(header)
    for row in kept:
        yield _csv(_line(row, topics))


def _csv(cells: list[str]) -> str:
    sheet = io.StringIO(newline="")
    csv.writer(sheet, lineterminator="\r\n").writerow(cells)
    return sheet.getvalue()


def _line(row: ClassRow, topics: list[str]) -> list[str]:
    scores = {topic.topic: points(topic.score) for topic in row.topics if topic.attempted}
    return [
        _text(row.submission),
        points(row.score),
        points(row.max_score),
        f"{row.percent:.1f}",
        *(scores.get(topic, "") for topic in topics),
        _text(row.status),
    ]


def _text(text: str) -> str:
    shown = _INNER.sub(r"\1'", inert(clean(text, newlines=False)))
    return (
        "'" + shown if (text.startswith(_FORMULA) or shown.lstrip().startswith(_FORMULA)) else shown
    )
