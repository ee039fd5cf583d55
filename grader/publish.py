"""Writes results where staff and students look for them.

In: grades, one after another. Out: files below ``OUT``: a folder a submission with
``result.json``, ``report.html`` (the student's) and ``staff.html``; ``index.html`` and
``grades.csv`` for the class. Each file is there whole or not at all, and what is there already as
it would be written is not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.model import Grade
from grader.pages import RESULT, draw, row_for, stored_result
from grader.painting import Painter
from grader.receipt import digest, holds, read_receipt, row_of
from grader.report.html import Partial, class_page_pieces
from grader.report.result import dumps, loads
from grader.report.rows import ClassRow, name_order
from grader.report.table import csv_pieces
from grader.whole import sweep, write_pieces, write_whole

# A partial class page is written every so many seconds, and costs no more than this part of them.
_EVERY = 5.0
_SHARE = 0.02


@dataclass(slots=True)
class Publisher:
    """Writes each grade as it comes; keeps a line of each for the class page.

    ``afresh`` makes pages again that are there. ``total`` is the number of submissions that will
    come, 0 as long as nobody knows. ``painter`` draws the pages of new results meanwhile.
    """

    out: Path
    afresh: bool = False
    total: int = 0
    painter: Painter | None = None
    rows: dict[str, ClassRow] = field(default_factory=dict)
    _next: float = 0.0

    def add(self, grade: Grade) -> ClassRow:
        """Writes what is missing or stale of one submission's files."""
        return self.put(grade.submission, dumps(grade).encode(), lambda: grade)

    def put(self, submission: str, result: bytes, grade: Callable[[], Grade]) -> ClassRow:
        """The same of a submission whose ``result.json`` is to be ``result``; ``grade`` gives what
        that says, where it has to be drawn."""
        row = self._kept(self.out / submission, digest(result))
        row = row or self._written(grade(), result)
        self.rows[submission] = row
        return row

    def known(self, submission: str) -> ClassRow | None:
        """Takes a submission as it lies there, and returns its line; ``None`` when its pages are
        missing, or are not what would be made of its ``result.json`` now."""
        row = self._kept(self.out / submission)
        if row is not None:
            self.rows[submission] = row
        return row

    def draw_again(self) -> Iterator[ClassRow]:
        """Draws what is missing or stale of all that ``OUT`` holds. Raises ``ResultError`` for a
        result that is none."""
        for name in stored_names(self.out):
            yield self.known(name) or self._drawn(*stored_result(self.out, name))

    def refresh(self) -> None:
        """Writes a class page that says that it is partial, unless it was written a moment ago."""
        began = time.monotonic()
        if began < self._next:
            return
        self._write_page(Partial(self.total))
        ended = time.monotonic()
        self._next = ended + max(_EVERY, (ended - began) / _SHARE)

    def finish(self, complete: bool = True) -> list[ClassRow]:
        """Writes the class page and the table; returns their lines by name. What is not
        ``complete`` says so."""
        for name in self.painter.finish() if self.painter else ():
            self._drawn(*stored_result(self.out, name))
        ordered = self._ordered()
        self._write_page(None if complete else Partial(self.total))
        write_pieces(self.out / "grades.csv", map(str.encode, csv_pieces(ordered)))
        sweep(self.out)
        for row in ordered:
            sweep(self.out / row.submission)
        return ordered

    def strangers(self) -> list[str]:
        """Names of submissions that ``OUT`` holds a result of, and that did not come: they are in
        no table of this class. Their folders stay."""
        return [name for name in stored_names(self.out) if name not in self.rows]

    def _kept(self, folder: Path, result: str = "") -> ClassRow | None:
        """The line of what is there already; ``result`` is the digest that its result must have."""
        receipt = None if self.afresh else read_receipt(folder)
        if receipt is None or result not in ("", receipt.files.get(RESULT)):
            return None
        return row_of(receipt) if holds(folder, receipt) else None

    def _written(self, grade: Grade, result: bytes) -> ClassRow:
        write_whole(self.out / grade.submission / RESULT, result)
        # What UTF-8 cannot hold is another character in the file: all pages say what it says.
        if "\ufffd".encode() in result:
            grade = replace(loads(result), submission=grade.submission)
        # Before its pages: who is stopped there has the result, and so it is in the table.
        row = self.rows[grade.submission] = row_for(grade)
        if not (self.painter and self.painter.draw(grade.submission)):
            draw(self.out / grade.submission, grade, result, row)
        return row

    def _drawn(self, grade: Grade, result: bytes) -> ClassRow:
        row = row_for(grade)
        draw(self.out / grade.submission, grade, result, row)
        self.rows[grade.submission] = row
        return row

    def _ordered(self) -> list[ClassRow]:
        return [self.rows[name] for name in sorted(self.rows, key=name_order)]

    def _write_page(self, partial: Partial | None) -> None:
        pieces = class_page_pieces(self._ordered(), partial)
        write_pieces(self.out / "index.html", map(str.encode, pieces))


def stored_names(out: Path) -> list[str]:
    """The submissions that ``OUT`` holds a result of, in the order of their names."""
    return sorted(file.parent.name for file in out.glob(f"*/{RESULT}"))


def stored_grades(out: Path) -> Iterator[Grade]:
    """The grades that ``OUT`` holds. Raises ``ResultError`` for a file that is not one."""
    return (stored_result(out, name)[0] for name in stored_names(out))
