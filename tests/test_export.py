"""The formats of ``grader export``: what each says, to whom, and in which shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hostile_detectors import Runner
from report_samples import (
    CANARY,
    TOPICS,
    classmate,
    failed,
    grade,
    hostile,
    perfect,
    unloaded,
    unreadable,
)

from grader.model import FunctionGrade, Grade, Status, TopicGrade
from grader.report.audience import student_view
from grader.report.export import FORMATS, Format, format_named
from grader.report.export.github import log
from grader.report.export.github_summary import LIMIT, summary
from grader.report.export.junit import document
from grader.report.rows import class_row
from grader.report.table import grades_csv

TOKEN = "f00f" * 8


def test_every_name_is_a_format():
    assert all(isinstance(format_named(name), Format) for name in FORMATS)


def test_csv_is_the_table_of_the_results():
    grades = [grade(), perfect()]
    text = "".join(format_named("csv").pieces(iter(grades)))
    assert text == grades_csv(map(class_row, grades))


# JUnit: the shape is that of the schema that Jenkins publishes and pytest writes by, as closed as
# it is there: for each element its attributes (those with ``!`` must be there) and its parts in
# their order.

_SHAPE: dict[str, tuple[str, str]] = {
    "testsuites": ("name time tests failures errors", "testsuite*"),
    "testsuite": (
        "name! tests! failures! errors! skipped time timestamp hostname id package",
        "properties? testcase* system-out? system-err?",
    ),
    "properties": ("", "property*"),
    "property": ("name! value!", ""),
    "testcase": ("name! classname time group", "properties? verdict? system-out* system-err?"),
    "failure": ("message type", ""),
    "error": ("message type", ""),
    "skipped": ("message type", ""),
    "system-out": ("", ""),
}
_VERDICTS = ("failure", "error", "skipped")
_WITH_TEXT = (*_VERDICTS, "system-out")


def _check(element: ET.Element) -> None:
    attributes, parts = _SHAPE[element.tag]
    known = [name.rstrip("!") for name in attributes.split()]
    assert set(element.attrib) <= set(known)
    assert {name[:-1] for name in attributes.split() if name.endswith("!")} <= set(element.attrib)
    waiting = ["verdict" if part.tag in _VERDICTS else part.tag for part in element]
    for part in parts.split():
        most = len(waiting) if part.endswith("*") else 1
        while waiting[:1] == [part[:-1]] and most:
            waiting.pop(0)
            most -= 1
    assert waiting == []
    if element.tag not in _WITH_TEXT:
        assert not (element.text or "").strip()
    for child in element:
        _check(child)


def _junit(*grades: Grade) -> ET.Element:
    tree = ET.fromstring("".join(document(grades)).encode())
    assert tree.tag == "testsuites"
    _check(tree)
    return tree


def _properties(element: ET.Element) -> dict[str, str]:
    found = element.find("properties")
    assert found is not None
    return {one.attrib["name"]: one.attrib["value"] for one in found}


@pytest.mark.parametrize("sample", [grade(), perfect(), unreadable(), hostile()])
def test_junit_has_the_shape_and_counts_what_it_holds(sample: Grade):
    for suite in _junit(sample):
        cases = suite.findall("testcase")
        counts = {"tests": len(cases)} | {
            name: sum(case.find(tag) is not None for case in cases)
            for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
        }
        assert {name: int(suite.attrib[name]) for name in counts} == counts


def test_junit_has_a_suite_for_each_submission_and_topic():
    tree = _junit(grade(), perfect())
    found = [(_properties(suite)["submission"], _properties(suite)["topic"]) for suite in tree]
    assert found == [
        (each.submission, topic.topic) for each in (grade(), perfect()) for topic in each.topics
    ]


def test_junit_merges_no_status():
    cases = _junit(grade()).iter("testcase")
    tags = Counter(
        (_properties(case)["status"], *(p.tag for p in case if p.tag in _VERDICTS))
        for case in cases
    )
    results = [c.status for t in grade().topics for f in t.functions for c in f.checks]
    counts = Counter(results)
    assert tags == {
        ("passed",): counts[Status.PASSED],
        ("failed", "failure"): counts[Status.FAILED],
        ("grader error", "error"): counts[Status.GRADER_ERROR],
        ("blocked", "skipped"): counts[Status.BLOCKED],
        ("not attempted", "skipped"): counts[Status.NOT_ATTEMPTED],
    }


def test_junit_tells_points_reasons_and_what_was_printed():
    tree = _junit(student_view(grade()))
    (case,) = [
        one
        for one in tree.iter("testcase")
        if one.attrib["name"] == "the mask marks real tokens [the pad id is also a token]"
    ]
    told = _properties(case)
    assert case.attrib["classname"] == "Ada Lovelace.pad_batch.pad_ids"
    assert (told["points"], told["max_points"], told["public"]) == ("0", "0.5", "true")
    failure, out = case.find("failure"), case.find("system-out")
    assert failure is not None
    assert out is not None
    assert failure.attrib["type"] == "value"
    assert failure.attrib["message"].startswith("`attention_mask` differs at [batch 1")
    assert "Likely cause: Your mask says `ids != pad_id`" in (failure.text or "")
    assert "Hint: Which rows hold padding" in (failure.text or "")
    assert out.text == "step 1\nids = [[9, 9, 0], [9, 1, 2]]"
    points = sum(float(_properties(one)["points"]) for one in tree.iter("testcase"))
    assert points == pytest.approx(grade().score)


def test_junit_keeps_what_xml_can_hold_and_shows_what_it_cannot():
    message = "a]]> & <b> \"c\" 'd' é漢\U0001f600 \x00\x0b\ufffe\ud800 e"
    check = failed("c", message=message)
    tree = _junit(Grade("s", (TopicGrade("t", (FunctionGrade("f", (check,)),)),)))
    (failure,) = tree.iter("failure")
    assert failure.text == "a]]> & <b> \"c\" 'd' é漢\U0001f600 ␀␋⟨U+FFFE⟩⟨U+D800⟩ e"
    assert failure.attrib["message"] == failure.text


def test_junit_of_a_wall_time_that_is_no_number():
    topic = replace(perfect().topics[0], wall=float("nan"))
    assert "time" not in _junit(Grade("s", (topic,)))[0].attrib
    assert _junit(Grade("s", (replace(topic, wall=1.23456),)))[0].attrib["time"] == "1.235"


def test_junit_of_a_class_passes_through_without_being_held():
    """Whoever takes the first suites has made the grader read one grade."""
    asked = []

    def coming() -> Iterator[Grade]:
        for number in range(100):
            asked.append(number)
            yield classmate(number)

    pieces = document(coming())
    suites = 0
    for piece in pieces:
        suites += piece.startswith("<testsuite ")
        assert len(asked) <= suites // len(TOPICS) + 1
    assert suites == 100 * len(TOPICS)


# GitHub: the log


def _done(*grades: Grade) -> list[tuple[str, tuple[str, ...], str]]:
    return Runner().read("".join(log(grades, TOKEN))).done


def _undone(text: str) -> str:
    """As the runner reads a message or a property."""
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_github_stops_commands_around_its_words():
    lines = "".join(log([grade()], TOKEN)).splitlines()
    end = lines.index(f"::{TOKEN}::")
    assert lines[0] == f"::stop-commands::{TOKEN}"
    assert "Ada Lovelace: 32.5 of 83 points" in lines[:end]
    assert all(
        line.startswith(("::error ", "::warning ", "::notice ")) for line in lines[end + 1 :]
    )


def test_github_has_a_new_token_each_time():
    firsts = {next(iter(format_named("github").pieces([grade()]))) for _ in range(20)}
    assert len(firsts) == 20
    assert all(len(first.strip().split("::")[-1]) >= 32 for first in firsts)


def test_github_annotates_each_reason_where_it_arose():
    lines = "".join(log([student_view(grade())], TOKEN)).splitlines()
    (mask,) = [line for line in lines if "the mask marks real tokens" in line]
    properties, _, message = mask.removeprefix("::error ").partition("::")
    named = dict(one.split("=", 1) for one in properties.split(","))
    assert {name: _undone(value) for name, value in named.items()} == {
        "file": "pad_batch/solution.py",
        "title": "pad_batch: pad_ids (Ada Lovelace)",
    }
    assert _undone(message).splitlines()[0] == "Failed: the mask marks real tokens"
    assert "Likely cause: Your mask says `ids != pad_id`" in _undone(message)


@pytest.mark.parametrize(
    ("file", "trace", "line"),
    [
        (
            "t/solution.py",
            ("t/solution.py, line 4, in f: x", "t/solution.py, line 31, in g: y"),
            31,
        ),
        ("t/solution.ipynb", ("t/solution.ipynb, cell 3, line 2, in f: x",), 0),
        ("solution.py", ("solution.py, line 4, in solution.py, line 9: x",), 4),
        ("a, line 7.py", ("a, line 7.py, line 2, in f",), 2),
        ("solution.py", (), 0),
    ],
)
def test_github_names_the_last_line_of_the_students_own(
    file: str, trace: tuple[str, ...], line: int
):
    check = failed("c", message="It raised.", category="exception", traceback=trace)
    topic = TopicGrade("t", (FunctionGrade("f", (check,)),), file)
    (_, properties, _) = _done(Grade("s", (topic,)))[-1]
    text = "".join(log([Grade("s", (topic,))], TOKEN))
    assert ("line" in properties) == bool(line)
    assert f"line={line}," in text or not line


def test_github_says_a_sentence_whole_whatever_is_in_it():
    odd = "100% of a:b,c\nand =d::e %0A %25"
    check = failed(odd, message=odd)
    topic = TopicGrade("t", (FunctionGrade(odd, (check,)),), "a,b:c.py")
    text = "".join(log([Grade("s", (topic,))], TOKEN))
    properties, _, message = text.splitlines()[-1].removeprefix("::error ").partition("::")
    assert properties.count("=") == 3  # file, title, and the one in it
    assert _undone(properties) == ("file=a,b:c.py,title=t: 100% of a:b,c␊and =d::e %0A %25 (s)")
    assert _undone(message) == f"Failed: {odd}\n{odd}"


def test_github_keeps_the_statuses_apart_and_stays_below_ten_of_each():
    kinds = Counter(name for name, _, _ in _done(grade()))
    assert kinds["warning"] == 1
    assert 0 < kinds["error"] <= 10
    assert 0 < kinds["notice"] <= 10
    many = Counter(name for name, _, _ in _done(*(classmate(number) for number in range(40))))
    assert many["error"] == many["notice"] == 10
    text = "".join(log([classmate(number) for number in range(40)], TOKEN))
    assert "more annotations left out: GitHub shows 10 of a kind." in text


def test_github_says_once_why_a_file_does_not_load():
    topic = TopicGrade("embeddings", unloaded("a", "b", "c"), "solution.py")
    done = _done(Grade("s", (topic,)))
    assert [name for name, _, _ in done] == ["stop-commands", "error"]
    assert "ModuleNotFoundError" in done[-1][2]


def test_github_of_what_could_not_be_read():
    done = _done(unreadable())
    assert [name for name, _, _ in done] == ["stop-commands", "error"]
    assert "The archive is damaged" in done[-1][2]


# GitHub: the summary


def test_the_summary_of_one_has_its_topics_and_its_reasons():
    text = summary([student_view(grade())])
    assert "<h2><code>Ada Lovelace</code>: 32.5 of 83 points</h2>" in text
    assert "<tr><td><code>pad_batch</code></td><td>5 of 12</td><td>❌ failed</td></tr>" in text
    assert "Likely cause: Your mask says `ids != pad_id`" in text
    assert "step 1&#10;| ids = [[9, 9, 0], [9, 1, 2]]" in text
    assert "The archive is damaged" in summary([unreadable()])


def test_the_summary_of_a_class_has_a_line_each():
    text = summary([grade(), perfect(), unreadable()])
    assert text.count("<tr>") == 1 + 3
    assert "needs staff: grader error" in text
    assert "unreadable: The archive is damaged" in text
    assert "Likely cause" not in text


@pytest.mark.parametrize("room", [LIMIT, 20_000, 700, 300, 100, 0, -5])
def test_a_summary_stays_within_its_room_and_says_what_it_left_out(room: int):
    many = [replace(perfect(), submission="n" * 90) for _ in range(7_000)]
    for grades in (many, [grade()]):
        text = summary(grades, room)
        assert len(text.encode()) <= max(0, room)
        assert text == "" or text.count("<table>") == text.count("</table>")
    if room == LIMIT:
        assert "more: a summary may hold 1 MiB" in summary(many, room)


def test_no_grade_has_no_summary():
    assert summary([]) == ""


# Who may see what


@pytest.mark.parametrize("name", FORMATS)
def test_a_students_view_says_nothing_of_hidden_cases(name: str):
    chosen = format_named(name)
    texts = ["".join(chosen.pieces([student_view(grade())]))]
    if chosen.beside:
        texts.append(chosen.beside.text([student_view(grade())], LIMIT))
    assert not [text for text in texts if CANARY in text]
    if name != "csv":
        assert CANARY in "".join(chosen.pieces([grade()]))
