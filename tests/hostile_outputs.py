"""Every output that shows what a student wrote, and what would read it.

In: a Grade. Out: the text of each output; the detectors that it has to pass.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hostile_detectors import (
    commands,
    controls,
    csv_intrusions,
    html_intrusions,
    json_intrusions,
    markdown_intrusions,
    xml_intrusions,
)
from hostile_text import CSV, HTML, JSON, LOG, MARKDOWN, XML
from rich.console import Console

from grader.cli.show import tell
from grader.model import Grade
from grader.report.audience import student_view
from grader.report.export.github import log
from grader.report.export.github_summary import summary
from grader.report.export.junit import document
from grader.report.html import class_page, class_row, staff_report, student_report
from grader.report.json_text import json_text
from grader.report.result import dumps, to_json
from grader.report.rows import ClassRow
from grader.report.table import BYTE_ORDER_MARK, grades_csv
from grader.report.terminal import class_table, print_grade

TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Output:
    """``draw`` makes the text; ``kinds`` say what reads it; ``colour`` that it may have colours."""

    draw: Callable[[Grade], str]
    kinds: tuple[str, ...]
    colour: bool = False


def _terminal(draw: Callable[[Console], None], width: int, *, colour: bool = False) -> str:
    out = io.StringIO()
    settings = {"force_terminal": True, "color_system": "truecolor"} if colour else {}
    draw(Console(file=out, width=width, markup=False, emoji=False, **settings))  # type: ignore[arg-type]
    return out.getvalue()


def _printed(width: int, *, colour: bool = False) -> Callable[[Grade], str]:
    return lambda grade: _terminal(
        lambda console: print_grade(grade, console), width, colour=colour
    )


def _in_ascii(grade: Grade) -> str:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="strict", newline="\n")
    print_grade(grade, Console(file=out, width=60))
    out.flush()
    return raw.getvalue().decode("ascii")


def _rows(grade: Grade) -> list[ClassRow]:
    return [class_row(grade)]


def _table(width: int, *, colour: bool = False) -> Callable[[Grade], str]:
    return lambda grade: _terminal(
        lambda console: class_table(_rows(grade), console), width, colour=colour
    )


def _told(grade: Grade) -> str:
    """As a command tells of a path, a problem or a note on standard error."""
    texts = (f"Report: out/{grade.submission}/report.html", grade.problem, *grade.notes)
    return "".join(
        _terminal(partial(tell, text=text, whole=whole), 60)
        for text in texts
        for whole in (False, True)
    )


def _class_json(grade: Grade) -> str:
    row = class_row(grade)
    return json_text([{"submission": row.submission, "status": row.status}], 2)


OUTPUTS = {
    "report.html": Output(student_report, (HTML,)),
    "staff.html": Output(staff_report, (HTML,)),
    "index.html": Output(lambda grade: class_page(_rows(grade)), (HTML,)),
    "grades.csv": Output(
        lambda grade: grades_csv(_rows(grade)).removeprefix(BYTE_ORDER_MARK), (CSV, LOG)
    ),
    "result.json": Output(dumps, (JSON, LOG)),
    "check --json": Output(lambda grade: json_text(to_json(student_view(grade)), 2), (JSON, LOG)),
    "grade --json": Output(_class_json, (JSON, LOG)),
    "junit": Output(lambda grade: "".join(document([student_view(grade)])), (XML, LOG)),
    "junit --staff": Output(lambda grade: "".join(document([grade])), (XML, LOG)),
    "github": Output(lambda grade: "".join(log([student_view(grade)], TOKEN)), (LOG,)),
    "github --staff": Output(lambda grade: "".join(log([grade], TOKEN)), (LOG,)),
    "summary": Output(lambda grade: summary([student_view(grade)]), (MARKDOWN,)),
    "summary --staff": Output(lambda grade: summary([grade]), (MARKDOWN,)),
    "summary of a class": Output(lambda grade: summary([grade, grade]), (MARKDOWN,)),
    "check": Output(_printed(80), (LOG,)),
    "check, narrow": Output(_printed(24), (LOG,)),
    "check, in colour": Output(_printed(80, colour=True), (LOG,), colour=True),
    "check, in ASCII": Output(_in_ascii, (LOG,)),
    "grade": Output(_table(80), (LOG,)),
    "grade, in colour": Output(_table(80, colour=True), (LOG,), colour=True),
    "sentences of a command": Output(_told, (LOG,)),
}

_DETECTORS = {
    HTML: html_intrusions,
    CSV: csv_intrusions,
    JSON: json_intrusions,
    XML: xml_intrusions,
    MARKDOWN: markdown_intrusions,
    LOG: commands,
}


def intrusions(name: str, text: str, twin: str, kind: str = "") -> list[str]:
    """What the detectors of an output find in it; with ``kind``, that one's alone. Controls are
    looked for in all that people see; what a runner does is another matter."""
    output = OUTPUTS[name]
    found = [] if kind == LOG else controls(text, colour=output.colour)
    for each in output.kinds:
        if kind in ("", each):
            found += _DETECTORS[each](text, twin)
    return found
