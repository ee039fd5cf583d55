"""Results in a terminal: one student's work, and the table of a class.

In: a Grade or class rows, and a rich Console. Out: lines on that console, which knows its width,
whether it may colour (``NO_COLOR``, a pipe) and what its encoding can say. All text goes out as
``Text``, never as markup, so that brackets in a student's message stay brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from grader.model import Grade, Status, TopicGrade
from grader.report.audience import student_view
from grader.report.class_table import class_table
from grader.report.grouping import (
    Group,
    Reason,
    Step,
    gravest,
    group,
    next_step,
    repeats,
    shared_reason,
)
from grader.report.lines import MARKS, STYLES, say
from grader.report.text import NAME, clean, count, points, printed

__all__ = ["class_table", "print_grade"]

_SENTENCE = 600
_OUTPUT_LINES = 6


def print_grade(grade: Grade, console: Console) -> None:
    """What passed, what failed and why, and what to do next; nothing of hidden cases."""
    seen = student_view(grade)
    for note in seen.notes:
        say(console, Text(f"Note: {clean(note, _SENTENCE)}", "yellow"))
    if seen.problem:
        say(console, Text("Nothing could be graded. ", "bold red") + Text(clean(seen.problem)))
        return
    tall = False
    for position, topic in enumerate(seen.topics):
        groups = [group(function) for function in topic.functions]
        before, tall = tall, not _is_one_line(groups)
        if position and (before or tall):
            say(console, Text())
        _print_topic(topic, groups, console)
    say(console, Text())
    say(console, _ending(seen))


def _is_one_line(groups: Sequence[Group]) -> bool:
    """A topic that is all right, or not begun, has nothing to explain."""
    return gravest(each.status for each in groups) in (Status.PASSED, Status.NOT_ATTEMPTED)


def _print_topic(topic: TopicGrade, groups: Sequence[Group], console: Console) -> None:
    if _is_one_line(groups):
        _print_scored(console, _one_line(topic, groups), topic.score, topic.max_score)
    else:
        _print_scored(console, Text(topic.topic, "bold"), topic.score, topic.max_score)
    for note in topic.notes[:10]:
        say(console, Text(f"Note: {clean(note, 300)}", "yellow"), 2)
    if _is_one_line(groups):
        return
    shared = shared_reason(groups)
    if shared:
        _print_reason(shared, console, indent=2, whole_topic=True)
    for each in groups:
        _print_group(each, console, reasons=not shared)


def _one_line(topic: TopicGrade, groups: Sequence[Group]) -> Text:
    status = gravest(each.status for each in groups)
    told = "not attempted"
    if status is Status.PASSED:
        told = f"all right ({count(len(groups), 'function')})"
    return Text.assemble((f"{MARKS[status]} {topic.topic}", STYLES[status]), f": {told}")


def _print_group(each: Group, console: Console, *, reasons: bool) -> None:
    left = Text("  ") + Text(f"{MARKS[each.status]} {each.function}", STYLES[each.status])
    if each.status is Status.NOT_ATTEMPTED:
        left += Text(": not attempted", STYLES[each.status])
    _print_scored(console, left, each.score, each.max_score)
    if each.status in (Status.PASSED, Status.NOT_ATTEMPTED) or not reasons:
        return
    for reason in each.reasons:
        _print_reason(reason, console, indent=4)
    if each.passed:
        names = "; ".join(clean(line.check, NAME, newlines=False) for line in each.passed)
        passed = Text(f"{MARKS[Status.PASSED]} ", STYLES[Status.PASSED]) + Text(names)
        say(console, passed, 4)


def _print_reason(
    reason: Reason, console: Console, indent: int, *, whole_topic: bool = False
) -> None:
    lead = reason.lead
    told = str(lead.status).capitalize()
    if lead.status is Status.FAILED and lead.category:
        told += f" ({clean(lead.category, 30, newlines=False)})"
    title = Text(told, f"bold {STYLES[lead.status]}")
    if not whole_topic:
        checks = "; ".join(clean(line.check, NAME, newlines=False) for line in reason.lines)
        title += Text(f": {checks}", "bold") + Text(f" [{_where(reason)}]", "dim")
    say(console, title, indent)
    for text in _explanation(reason):
        say(console, text, indent + 2)


def _where(reason: Reason) -> str:
    case = clean(reason.lead.case, NAME, newlines=False)
    here = f"case “{case}”" if reason.lead.public else "a hidden case"
    elsewhere = clean(reason.elsewhere, 300, newlines=False)
    return f"{here}; also {elsewhere}" if elsewhere else here


def _explanation(reason: Reason) -> Iterator[Text]:
    """What happened, the values, the likely cause, the hint, printed text, own lines of code."""
    lead = reason.lead
    if lead.message:
        yield Text(clean(lead.message, _SENTENCE))
    found = lead.difference
    if found and not repeats(lead.message, found) and (found.got or found.want):
        yield Text(f"yours: {clean(found.got, 200)}   wanted: {clean(found.want, 200)}")
    if lead.mistake:
        yield Text("Likely cause: ", "bold yellow") + Text(clean(lead.mistake, _SENTENCE))
    if lead.hint:
        yield Text("Hint: ", "bold cyan") + Text(clean(lead.hint, _SENTENCE))
    shown = printed(lead.output, _SENTENCE).split("\n") if lead.output else []
    yield from (Text(f"| {line}", "dim") for line in shown[:_OUTPUT_LINES])
    if len(shown) > _OUTPUT_LINES:
        yield Text(f"| {count(len(shown) - _OUTPUT_LINES, 'more line')}", "dim")
    yield from (Text(f"at {clean(line, 200)}", "dim") for line in lead.traceback[-4:])


def _print_scored(console: Console, left: Text, score: float, max_score: float) -> None:
    """A line with its points at the right edge, or 78 columns in where the edge is far away."""
    right = f"{points(score)} of {points(max_score)}"
    gap = min(console.width, 80) - left.cell_len - len(right)
    say(console, left + Text(" " * max(2, gap) + right))


def _ending(grade: Grade) -> Text:
    total = f"Total {points(grade.score)} of {points(grade.max_score)} points."
    step = next_step(grade)
    return Text(total, "bold") + Text(f" {_advice(step)}" if step else " Nothing left to fix.")


def _advice(step: Step) -> str:
    if step.reason is None:
        return f"Next: write {step.function} in {step.topic}."
    check = clean(step.reason.lines[0].check, NAME, newlines=False)
    return f"Next: {step.function} in {step.topic}: {check}."
