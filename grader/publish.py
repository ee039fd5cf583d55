"""Writes results where staff and students look for them.

In: grades, one after another. Out: files below ``OUT``: a folder a submission with
``result.json``, ``report.html`` (the student's) and ``staff.html``; ``index.html`` and
``grades.csv`` for the class. Each file is there whole or not at all, and what is there already as
it would be written is not made again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.model import Grade
from grader.receipt import digest, holds, read_receipt, row_of, write_receipt
from grader.report.html import Partial, class_page_pieces, staff_report, student_report
from grader.report.result import dumps, loads
from grader.report.rows import ClassRow, class_row, name_order, page_link
from grader.report.table import csv_pieces
from grader.whole import sweep, write_pieces, write_whole

_RESULT = "result.json"
# A partial class page is written every so many seconds, and costs no more than this part of them.
_EVERY = 5.0
_SHARE = 0.02


@dataclass(slots=True)
class Publisher:
    """Writes each grade as it comes; keeps a line of each for the class page.

    ``afresh`` makes pages again that are there. ``total`` is the number of submissions that will
    come, 0 as long as nobody knows.
    """

    out: Path
    afresh: bool = False
    total: int = 0
    rows: dict[str, ClassRow] = field(default_factory=dict)
    _next: float = 0.0

    def add(self, grade: Grade, rewrite: bool = False) -> ClassRow:
        """Writes what is missing or stale of one submission's files. ``rewrite`` leaves
        ``result.json`` as it is."""
        folder = self.out / grade.submission
        data = (folder / _RESULT).read_bytes() if rewrite else dumps(grade).encode()
        row = self._kept(folder, digest(data)) or self._written(folder, grade, data, rewrite)
        self.rows[grade.submission] = row
        return row

    def known(self, submission: str) -> ClassRow | None:
        """Takes a submission as it lies there, and returns its line; ``None`` when its pages are
        missing, or are not what would be made of its ``result.json`` now."""
        row = self._kept(self.out / submission)
        if row is not None:
            self.rows[submission] = row
        return row

    def unchanged(self, submission: str, result: bytes) -> ClassRow | None:
        """The same, if its ``result.json`` says just this."""
        row = self._kept(self.out / submission, digest(result))
        if row is not None:
            self.rows[submission] = row
        return row

    def draw_again(self) -> Iterator[ClassRow]:
        """Draws what is missing or stale of all that ``OUT`` holds. Raises ``ResultError`` for a
        result that is none."""
        for name in stored_names(self.out):
            yield self.known(name) or self.add(stored_grade(self.out, name), rewrite=True)

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
        if receipt is None or result not in ("", receipt.files.get(_RESULT)):
            return None
        return row_of(receipt) if holds(folder, receipt) else None

    def _written(self, folder: Path, grade: Grade, data: bytes, rewrite: bool) -> ClassRow:
        if not rewrite:
            write_whole(folder / _RESULT, data)
            # What UTF-8 cannot hold is another character in the file: all pages say what it says.
            if "\ufffd".encode() in data:
                grade = replace(loads(data), submission=grade.submission)
        pages = {
            "report.html": student_report(grade).encode(),
            "staff.html": staff_report(grade).encode(),
        }
        for name, page in pages.items():
            write_whole(folder / name, page)
        # The class page is staff's, so it leads to staff's reports.
        row = class_row(grade, page_link(grade.submission, "staff.html"))
        write_receipt(folder, row, {_RESULT: data, **pages})
        return row

    def _ordered(self) -> list[ClassRow]:
        return [self.rows[name] for name in sorted(self.rows, key=name_order)]

    def _write_page(self, partial: Partial | None) -> None:
        pieces = class_page_pieces(self._ordered(), partial)
        write_pieces(self.out / "index.html", map(str.encode, pieces))


def stored_names(out: Path) -> list[str]:
    """The submissions that ``OUT`` holds a result of, in the order of their names."""
    return sorted(file.parent.name for file in out.glob(f"*/{_RESULT}"))


def stored_grade(out: Path, name: str) -> Grade:
    """One of them. Raises ``ResultError`` for a file that is no result.

    It has the name of the folder that it lies in: what a file says of itself is no path to write
    to.
    """
    file = out / name / _RESULT
    return replace(loads(file.read_bytes(), str(file)), submission=name)


def stored_grades(out: Path) -> Iterator[Grade]:
    """The grades that ``OUT`` holds. Raises ``ResultError`` for a file that is not one."""
    return (stored_grade(out, name) for name in stored_names(out))
