"""Grades in the formats of other programs: ``grader export``.

In: grades, one after another. Out: text, piece by piece, so that a class of any size passes through
without being held. A format is a module of this package with the name that it has in ``FORMATS``;
its ``FORMAT`` says how it is written. Nothing here reads, judges, or looks at who may see what:
the grades that come in are what may be shown.
"""

from __future__ import annotations

from grader.report.export.form import Beside, Format, format_named

__all__ = ["FORMATS", "Beside", "Format", "format_named"]

# Each with what it is, for --help. The modules are imported when they are used.
FORMATS = {
    "csv": "the class as a table, a line a submission",
    "junit": "JUnit's XML, as pytest writes it, for a CI service's test report",
    "github": "annotations for a GitHub Actions log, and the step's summary",
}
