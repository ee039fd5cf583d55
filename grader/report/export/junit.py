"""JUnit's XML, in the form that pytest calls xunit2.

In: grades. Out: XML text, a suite at a time: one a submission and topic, one test case for each
check on each case. The five statuses stay five: failed is ``failure``, the grader's own fault is
``error``, not attempted and blocked are ``skipped``, and the property ``status`` says which.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from grader.model import CheckResult, Grade, Status, TopicGrade
from grader.report.export.form import Format
from grader.report.text import clean, printed

_TAGS = {
    Status.FAILED: "failure",
    Status.GRADER_ERROR: "error",
    Status.NOT_ATTEMPTED: "skipped",
    Status.BLOCKED: "skipped",
}
# Characters of a name, a sentence, what was printed, and lines of a traceback.
_NAME, _SENTENCE, _PRINTED, _FRAMES = 120, 1200, 4000, 30
# Where the text could be taken for a command when it is printed to a CI job's log.
_COMMAND = re.compile(r":(?=:)|#(?=#[A-Za-z]*\[)")


def document(grades: Iterable[Grade]) -> Iterator[str]:
    """The document. What XML forbids in text (most controls, lone surrogates) is made visible."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="grader">\n'
    for grade in grades:
        for topic in grade.topics:
            yield _written(_suite(grade, topic))
    yield "</testsuites>\n"


FORMAT = Format(document)


def _written(suite: ET.Element) -> str:
    ET.indent(suite, " ")
    text = ET.tostring(suite, encoding="unicode") + "\n"
    # The same characters by number: the parser's text is unchanged, a line of a log is no command.
    return _COMMAND.sub(lambda found: f"&#{ord(found.group())};", text)


def _suite(grade: Grade, topic: TopicGrade) -> ET.Element:
    results = [(each.function, result) for each in topic.functions for result in each.checks]
    tags = [_TAGS.get(result.status, "") for _, result in results]
    submission = _name(grade.submission)
    counts = {
        "tests": len(tags),
        "failures": tags.count("failure"),
        "errors": tags.count("error"),
        "skipped": tags.count("skipped"),
    }
    attributes = {"name": f"{submission}: {_name(topic.topic)}"} | {
        name: str(amount) for name, amount in counts.items()
    }
    if math.isfinite(topic.wall):
        attributes["time"] = f"{topic.wall:.3f}"
    suite = ET.Element("testsuite", attributes)
    _properties(suite, submission=submission, topic=_name(topic.topic), **_points(topic))
    for function, result in results:
        suite.append(_case(f"{submission}.{_name(topic.topic)}.{_name(function)}", result))
    notes = [clean(note, _SENTENCE, newlines=False) for note in (*grade.notes, *topic.notes)]
    _child(suite, "system-out", "\n".join(notes))
    return suite


def _case(classname: str, result: CheckResult) -> ET.Element:
    name = f"{_name(result.check)} [{_name(result.case)}]"
    case = ET.Element("testcase", {"classname": classname, "name": name})
    told = {"status": str(result.status), "public": str(result.public).lower()}
    _properties(case, **_points(result), **told)
    if result.status in _TAGS:
        first = clean(result.message.split("\n")[0], _SENTENCE, newlines=False)
        kind = clean(result.category or result.status, 30, newlines=False)
        verdict = ET.SubElement(case, _TAGS[result.status], {"type": kind, "message": first})
        verdict.text = "\n".join(_explanation(result))
    else:  # what is right here may still say why it earns nothing
        _child(case, "system-out", clean(result.message, _SENTENCE))
    _child(case, "system-out", printed(result.output, _PRINTED))
    return case


def _explanation(result: CheckResult) -> Iterator[str]:
    """What happened, the likely cause, the hint, own lines of code, and what is for staff."""
    if result.message:
        yield clean(result.message, _SENTENCE)
    if result.mistake:
        yield f"Likely cause: {clean(result.mistake, _SENTENCE)}"
    if result.hint:
        yield f"Hint: {clean(result.hint, _SENTENCE)}"
    yield from (f"at {clean(line, 300, newlines=False)}" for line in result.traceback[-_FRAMES:])
    if result.staff and result.staff != result.message:
        yield f"Staff: {clean(result.staff, _SENTENCE)}"


def _properties(parent: ET.Element, **values: str) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", {"name": name, "value": value})


def _points(part: TopicGrade | CheckResult) -> dict[str, str]:
    pair = {"points": part.score, "max_points": part.max_score}
    return {name: f"{round(value, 6):.12g}" for name, value in pair.items()}


def _child(parent: ET.Element, tag: str, text: str) -> None:
    """A part that is left out when it has nothing to say."""
    if text:
        ET.SubElement(parent, tag).text = text


def _name(text: str) -> str:
    return clean(text, _NAME, newlines=False)
