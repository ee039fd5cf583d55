"""The pages of one submission, made of its result.

In: a grade and the bytes of its ``result.json``. Out: ``report.html`` (the student's),
``staff.html`` and the receipt beside it, and its line of the class page.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.model import Grade
from grader.receipt import write_receipt
from grader.report.html import staff_report, student_report
from grader.report.result import loads
from grader.report.rows import ClassRow, class_row, page_link
from grader.whole import write_whole

RESULT = "result.json"


def draw(folder: Path, grade: Grade, result: bytes, row: ClassRow) -> None:
    """Writes the pages, and then the receipt. ``result`` is what ``result.json`` there says, and
    ``row`` the grade's line."""
    pages = {
        "report.html": student_report(grade).encode(),
        "staff.html": staff_report(grade).encode(),
    }
    for name, page in pages.items():
        write_whole(folder / name, page)
    write_receipt(folder, row, {RESULT: result, **pages})


def row_for(grade: Grade) -> ClassRow:
    """Its line. The class page is staff's, so it leads to staff's reports."""
    return class_row(grade, page_link(grade.submission, "staff.html"))


def stored_result(out: Path, name: str) -> tuple[Grade, bytes]:
    """The grade that lies in a folder of ``out``, and the bytes that say so. Raises ``ResultError``
    for a file that is no result.

    It has the name of the folder that it lies in: what a file says of itself is no path to write
    to.
    """
    file = out / name / RESULT
    data = file.read_bytes()
    return replace(loads(data, str(file)), submission=name), data
