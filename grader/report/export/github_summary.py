"""The summary of a step of GitHub Actions: Markdown that holds nothing but HTML.

In: grades, and how many bytes there is room for. Out: text in UTF-8 that fits. Of one submission
the scores and every reason why points were lost; of several a line each.

No blank line and no line end of a student's is in it, and none of their text stands at the start of
a line: so each block is one of HTML from its first line to its last, in which Markdown means
nothing, and their text is escaped as in any page and stands in ``code`` or ``pre``, where GitHub
makes no links of addresses, mentions and numbers.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from itertools import chain

from grader.model import Grade, Status, TopicGrade
from grader.report.grouping import Group, Reason, gravest, group, shared_reason
from grader.report.rows import ClassRow, class_row, display_name
from grader.report.text import NAME, clean, count, points, printed

LIMIT = 1 << 20  # bytes that GitHub takes of a step's summary
_SENTENCE, _PRINTED, _FRAMES = 1200, 1000, 8
_RESERVE = 200  # bytes for the line that says what was left out
_MARKS = {
    Status.PASSED: "✅",
    Status.FAILED: "❌",
    Status.NOT_ATTEMPTED: "⚪",
    Status.BLOCKED: "⏸️",
    Status.GRADER_ERROR: "⚠️",
}


def summary(grades: Iterable[Grade], room: int = LIMIT) -> str:
    """The text; empty when there is no grade, or room for nothing."""
    waiting = iter(grades)
    first, second = next(waiting, None), next(waiting, None)
    if first is None:
        return ""
    if second is None:
        return _fitting(_one(first), "", room)
    rows = (class_row(grade) for grade in chain((first, second), waiting))
    return _fitting(_class(rows), "</table>\n", room)


def _fitting(blocks: Iterator[str], end: str, room: int) -> str:
    """As many whole blocks as there is room for, ``end``, and how many more there were."""
    kept: list[str] = []
    left = room - len(end) - _RESERVE
    more = 0
    for block in blocks:
        size = len(block.encode())
        if more or size > left:
            more += 1
            continue
        kept.append(block)
        left -= size
    if not kept:
        return ""
    told = f"\n<p>… and {more:,} more: a summary may hold 1 MiB.</p>\n" if more else ""
    return f"{''.join(kept)}{end}{told}\n"


def _class(rows: Iterable[ClassRow]) -> Iterator[str]:
    yield (
        "<h2>Grades</h2>\n\n<table>\n"
        "<tr><th>Submission</th><th>Points</th><th>Of</th><th>Status</th></tr>\n"
    )
    for row in rows:
        cells = (points(row.score), points(row.max_score), _code(row.status, 200))
        joined = "".join(f"<td>{cell}</td>" for cell in cells)
        yield f"<tr><td>{_code(display_name(row))}</td>{joined}</tr>\n"


def _one(grade: Grade) -> Iterator[str]:
    total = f"{points(grade.score)} of {points(grade.max_score)} points"
    yield f"<h2>{_code(grade.submission)}: {total}</h2>\n\n"
    if grade.problem:
        yield f"<p>Nothing could be graded.</p>\n<pre>{_text(grade.problem)}</pre>\n\n"
        return
    rows = "".join(map(_topic_row, grade.topics))
    yield f"<table>\n<tr><th>Topic</th><th>Points</th><th>State</th></tr>\n{rows}</table>\n\n"
    notes = [*grade.notes, *(note for topic in grade.topics for note in topic.notes)]
    if notes:
        yield _details(count(len(notes), "note"), "\n".join(notes))
    for topic in grade.topics:
        yield from _reasons(topic)


def _topic_row(topic: TopicGrade) -> str:
    status = gravest(result.status for each in topic.functions for result in each.checks)
    scored = f"{points(topic.score)} of {points(topic.max_score)}"
    state = f"{_MARKS[status]} {status}"
    return f"<tr><td>{_code(topic.topic)}</td><td>{scored}</td><td>{state}</td></tr>\n"


def _reasons(topic: TopicGrade) -> Iterator[str]:
    groups = [group(function) for function in topic.functions]
    shared = shared_reason(groups)
    if shared:
        yield _details(f"{_MARKS[shared.lead.status]} {_code(topic.topic)}", _told(shared))
        return
    for each in groups:
        yield from (_reason(topic, each, reason) for reason in each.reasons)


def _reason(topic: TopicGrade, each: Group, reason: Reason) -> str:
    where = f"{_MARKS[reason.lead.status]} {_code(topic.topic)} {_code(each.function)}"
    checks = "; ".join(line.check for line in reason.lines)
    return _details(f"{where}: {_code(checks, 300)}", _told(reason))


def _told(reason: Reason) -> str:
    """The reason in lines: what happened, the likely cause, the hint, what the code printed."""
    lead = reason.lead
    case = f"case “{lead.case}”" if lead.public else "a hidden case"
    also = f"; also {reason.elsewhere}" if reason.elsewhere else ""
    lines = [f"{str(lead.status).capitalize()} [{clean(case + also, 400, newlines=False)}]"]
    lines += [clean(lead.message, _SENTENCE)] if lead.message else []
    lines += [f"Likely cause: {clean(lead.mistake, _SENTENCE)}"] if lead.mistake else []
    lines += [f"Hint: {clean(lead.hint, _SENTENCE)}"] if lead.hint else []
    lines += [f"at {clean(line, 300, newlines=False)}" for line in lead.traceback[-_FRAMES:]]
    shown = printed(lead.output, _PRINTED)
    lines += [f"| {line}" for line in shown.split("\n")] if shown else []
    staff = lead.staff if lead.staff != lead.message else ""
    lines += [f"Staff: {clean(staff, _SENTENCE)}"] if staff else []
    return "\n".join(lines)


def _details(title: str, text: str) -> str:
    """A folded block. ``title`` is HTML."""
    return f"<details><summary>{title}</summary>\n<pre>{_text(text)}</pre>\n</details>\n\n"


def _code(text: str, limit: int = NAME) -> str:
    return f"<code>{_text(clean(text, limit, newlines=False))}</code>"


def _text(text: str) -> str:
    """Escaped, and in one line: a blank line would end the block of HTML."""
    return html.escape(clean(text, 20_000)).replace("\n", "&#10;")
