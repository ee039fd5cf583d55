"""The class as a table: the same as ``grades.csv`` of a results folder.

In: grades. Out: CSV text. A line a submission is kept until the last has come, for the columns
are the topics of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.model import Grade
from grader.report.export.form import Format
from grader.report.rows import class_row
from grader.report.table import grades_csv


def _table(grades: Iterable[Grade]) -> Iterator[str]:
    yield grades_csv(class_row(grade) for grade in grades)


FORMAT = Format(_table)
