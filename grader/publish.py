"""Writes results where staff and students look for them.

In: grades, one after another. Out: files below ``OUT``: a folder a submission with
``result.json``, ``report.html`` (the student's) and ``staff.html``; ``index.html`` and
``grades.csv`` for the class. Each file is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.model import Grade
from grader.report.html import class_page, staff_report, student_report
from grader.report.result import dumps, loads
from grader.report.rows import ClassRow, class_row, page_link
from grader.report.table import grades_csv
from grader.whole import write_whole


@dataclass(slots=True)
class Publisher:
    """Writes each grade as it comes; keeps a line of each for the class page."""

    out: Path
    rows: dict[str, ClassRow] = field(default_factory=dict)

    def add(self, grade: Grade, rewrite: bool = False) -> ClassRow:
        """Writes one submission's files. ``rewrite`` leaves ``result.json`` as it is."""
        folder = self.out / grade.submission
        if not rewrite:
            write_whole(folder / "result.json", dumps(grade).encode())
        write_whole(folder / "report.html", student_report(grade).encode())
        write_whole(folder / "staff.html", staff_report(grade).encode())
        # The class page is staff's, so it leads to staff's reports.
        row = class_row(grade, page_link(grade.submission, "staff.html"))
        self.rows[grade.submission] = row
        return row

    def finish(self) -> list[ClassRow]:
        """Writes the class page and the table; returns their lines by name."""
        ordered = [self.rows[name] for name in sorted(self.rows, key=str.casefold)]
        write_whole(self.out / "index.html", class_page(ordered).encode())
        write_whole(self.out / "grades.csv", grades_csv(ordered).encode())
        return ordered


def stored_grades(out: Path) -> Iterator[Grade]:
    """The grades that ``OUT`` holds. Raises ``ResultError`` for a file that is not one.

    Each has the name of the folder that it lies in: what a file says of itself is no path to write
    to.
    """
    for file in sorted(out.glob("*/result.json")):
        yield replace(loads(file.read_bytes(), str(file)), submission=file.parent.name)
