"""The pages: what they say, to whom, in which order; and that hostile text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_samples import (
    CANARY,
    HOSTILE,
    classmate,
    enormous,
    grade,
    hostile,
    pad_ids,
    perfect,
    unreadable,
)

from grader.model import Difference, FunctionGrade, Grade, Status, TopicGrade
from grader.report.audience import _kept
from grader.report.html import (
    Partial,
    _kept_view,
    class_page,
    class_page_pieces,
    class_row,
    staff_report,
    student_report,
)

_VOID = {"meta", "img", "input", "br", "link", "rect", "path", "circle", "use"}
_MAY_STAY_OPEN = {"tr", "td", "th", "tbody", "li"}


class _Page(HTMLParser):
    """The elements and the text of a page; fails on a tag that closes what is not open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not [tag for tag in self._open if tag not in _MAY_STAY_OPEN]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self._open[-1] != tag and self._open[-1] in _MAY_STAY_OPEN:
            self._open.pop()
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        kept = self.inside.get(self._open[-1] if self._open else "", self.words)
        kept.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _one(function: FunctionGrade) -> Grade:
    return Grade("ada", (TopicGrade("pad_batch", (function,)),))


def _pages() -> dict[str, str]:
    rows = [class_row(each) for each in (grade(), perfect(), unreadable(), hostile())]
    return {
        "student": student_report(grade(), {"pad_batch": "Pad texts"}),
        "staff": staff_report(grade()),
        "hostile": student_report(hostile()),
        "hostile staff": staff_report(hostile()),
        "unreadable": student_report(unreadable()),
        "perfect": student_report(perfect()),
        "nothing": student_report(Grade("empty", ())),
        "class": class_page(rows),
        "no class": class_page([]),
    }


PAGES = _pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed_and_loads_nothing(name: str) -> None:
    page = _Page(PAGES[name])
    assert page.all("html") == [{"lang": "en"}]
    assert [tag for tag, _ in page.elements if tag in ("link", "iframe", "object", "form")] == []
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.all("img"))
    for _, attributes in page.elements:
        assert not [one for one in attributes if one.startswith("on") or one == "style"]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")]
    assert set(targets) <= set(ids)


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_our_style_and_script_and_nothing_else(name: str) -> None:
    page = _Page(PAGES[name])
    (policy,) = [
        meta["content"]
        for meta in page.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    images = {"img-src": "data:"} if "class" not in name else {}
    assert rules == images | {
        "default-src": "'none'",
        "style-src": rules["style-src"],
        "script-src": rules["script-src"],
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    for kind in ("script", "style"):
        assert len(page.all(kind)) == 1
        digest = hashlib.sha256("".join(page.inside[kind]).encode()).digest()
        assert rules[f"{kind}-src"] == f"'sha256-{base64.b64encode(digest).decode()}'"


@pytest.mark.parametrize("name", ["hostile", "hostile staff", "class"])
def test_hostile_text_stays_text(name: str) -> None:
    page = _Page(PAGES[name])
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not set("\x1b\x07\u202e\u202c\u200b") & set(PAGES[name])
    assert "⟨U+202E⟩" in page.text


def test_nothing_of_hidden_cases_is_in_a_students_report() -> None:
    # The next test sees the same word in each place where it was planted: case names, staff
    # texts, differences, a picture's caption, printed text, a traceback and the seed.
    assert CANARY not in PAGES["student"]
    assert CANARY not in student_report(_one(pad_ids()))


def test_staff_read_everything() -> None:
    text = _Page(PAGES["staff"]).text
    assert f"hidden case “ragged 0 {CANARY}”" in text
    assert f"0, not 1. {CANARY}" in text
    assert f"ids = {CANARY}" in text
    assert f"SandboxError: no child came back {CANARY}" in text
    assert f"seed-{CANARY}" in text
    assert f"in pad_ids: mask = {CANARY}" in text
    assert f"extreme scores {CANARY}" in text
    assert f"absolute difference ({CANARY})" in PAGES["staff"]
    assert len(_Page(PAGES["staff"]).all("img")) == 2
    assert len(_Page(PAGES["student"]).all("img")) == 1


def test_a_failed_check_reads_in_the_promised_order() -> None:
    text = _Page(student_report(_one(pad_ids()))).text
    text = text[text.index("also 3 hidden cases") - 80 :]
    order = [
        "Failed",
        "value",
        "the mask marks real tokens",
        "differs at [batch 1, sequence 0]",
        "Yours 0",
        "Wanted 1",
        "Likely cause Your mask says",
        "Hint Which rows hold padding",
        "What the code printed",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_the_tolerance_follows_the_values_and_the_traceback_is_folded_last() -> None:
    text = _Page(PAGES["student"]).text
    order = [
        "Yours 0.1428571",
        "Wanted 0.3187542",
        "Tolerance 1e-06 + 1e-05 × |wanted|",
        "It raised RuntimeError",
        "Give the mask an axis",
        "What the code printed",
        "Where in the code",
        "in _masked: return scores + mask.T",
    ]
    start = text.index("attention_weights")
    places = [text.index(words, start) for words in order]
    assert places == sorted(places)


def test_one_message_is_said_once() -> None:
    text = _Page(PAGES["student"]).text
    assert text.count("Your mask says") == 1
    assert text.count("none of its functions ran") == 1
    assert text.count("Look for a loop that never ends.") == 2  # and once as the first thing to fix


def test_the_top_says_the_score_and_the_next_thing_to_fix() -> None:
    text = _Page(PAGES["student"]).text
    assert text.index("32.5 of 83 points") < text.index("First thing to fix")
    assert "pad_texts in pad_batch : ids are right, and 1 other check" in text
    assert "Up to 4 points to gain there." in text
    assert "All checks passed" in _Page(PAGES["perfect"]).text


def test_what_is_passed_or_not_attempted_is_folded_and_what_failed_is_open() -> None:
    topics = [a for a in _Page(PAGES["student"]).all("details") if "topic" in a["class"].split()]
    state = {a["id"]: "open" in a for a in topics}
    assert state == {
        "t1": False,
        "t2": False,
        "t3": True,
        "t4": True,
        "t5": True,
        "t6": False,
        "t7": True,
        "t8": False,
    }


def test_a_picture_says_in_words_what_it_shows() -> None:
    (image,) = _Page(PAGES["student"]).all("img")
    assert "The largest, 0.346, is in row 2, column 5" in image["alt"]


def test_what_cannot_be_read_is_said_once() -> None:
    text = _Page(PAGES["unreadable"]).text
    assert text.count("The archive is damaged") == 1
    assert "load_model" not in text


def test_a_statuss_word_stands_beside_its_colour() -> None:
    text = _Page(PAGES["student"]).text
    for words in ("21 passed", "12 failed", "5 not attempted", "2 blocked", "1 grader error"):
        assert words in text


@pytest.mark.parametrize("draw", [student_report, staff_report])
def test_a_report_stays_small_whatever_is_in_it(draw) -> None:  # type: ignore[no-untyped-def]
    page = draw(enormous())
    assert len(page.encode()) <= 300 * 1024
    assert "was shortened" in _Page(page).text
    assert "was shortened" not in PAGES["student"]


def test_a_class_of_a_thousand_takes_no_more_than_560_kib() -> None:
    page = class_page(class_row(classmate(number)) for number in range(1000))
    assert len(page.encode()) <= 560 * 1024
    assert page.count("<tr") > 1000


def test_rows_that_need_staff_come_first_and_say_why() -> None:
    rows = [class_row(perfect("a")), class_row(grade("b")), class_row(unreadable("c"))]
    page = PAGES["class"]
    assert "2 submissions need a person" in _Page(class_page(rows)).text
    table = page[page.index('id="all"') :]
    assert table.index("Ada Lovelace") < table.index("grace")
    assert table.index("zip bomb") < table.index("grace")
    text = _Page(page).text
    assert "The archive is damaged" in text
    assert "not counted against the students" in text


def test_a_score_cell_has_text_and_headings_have_a_scope() -> None:
    page = _Page(PAGES["class"])
    assert all(head.get("scope") in ("row", "col") for head in page.all("th"))
    assert re.search(r"<td class=e>10", PAGES["class"])
    assert re.search(r"<td class=n>–", PAGES["class"])
    assert re.search(r"<td class=g>0!", PAGES["class"])


def test_common_mistakes_are_counted_by_submission() -> None:
    rows = [class_row(replace(grade(), submission=name)) for name in ("a", "b", "c")]
    text = _Page(class_page(rows)).text
    assert "3 Your mask says ids != pad_id : a real token may have that id too. pad_ids" in text


def test_the_summary_leaves_out_what_could_not_be_read() -> None:
    text = _Page(class_page([class_row(perfect()), class_row(unreadable())])).text
    assert "Mean 20 of 20" in text
    assert "Median 20 of 20" in text
    assert "1 unreadable submission is left out" in text


def test_a_link_cannot_leave_the_folder_or_name_a_scheme() -> None:
    for name in ("javascript:alert(1)", "../../etc", 'a"b', "//evil.example", HOSTILE):
        link = class_row(replace(perfect(), submission=name)).link
        assert re.fullmatch(r"\./[A-Za-z0-9_.~%-]+/report\.html", link)
    assert class_row(replace(perfect(), submission="..")).link == ""
    assert class_row(perfect(), link="x/staff.html").link == "x/staff.html"


def test_a_topic_that_one_row_lacks_leaves_its_column_empty() -> None:
    short = replace(grade("short"), topics=grade().topics[1:2])
    page = class_page([class_row(grade("long")), class_row(short)])
    row = page[page.index(">short<") :].split("<tr")[0]
    assert row.count("<td") == 1 + len(grade().topics) + 2
    assert row.split("<td")[2:4] == [" class=n>–", " class=e>10"]


def test_every_status_has_a_word_and_an_icon() -> None:
    page = _Page(PAGES["student"])
    symbols = {symbol["id"] for symbol in page.all("symbol")}
    assert {use["href"][1:] for use in page.all("use")} == symbols
    assert len(symbols) == len(Status)


def test_printed_text_and_values_are_cut_once_and_say_by_how_much() -> None:
    check = replace(
        pad_ids().checks[2], output="p" * 5_000, message="It differs.", difference=_long()
    )
    text = _Page(student_report(_one(FunctionGrade("pad_ids", (check,))))).text
    assert "p" * 4_000 + "… (1,000 more characters)" in text
    assert "g" * 1_200 + "… (800 more characters)" in text
    assert text.count("more character") == 2


def _long() -> Difference:
    return Difference("value", "another sentence", got="g" * 2_000, want="1")


def test_what_is_drawn_once_for_all_is_what_is_drawn_for_one() -> None:
    """The same function in other places of other grades, for staff and for students."""
    topics = grade().topics
    others = [replace(grade(), topics=topics[at:] + topics[:at]) for at in range(3)]
    draws = (student_report, staff_report)
    warm = [draw(each) for _ in range(2) for each in others for draw in draws]
    cold = []
    for _ in range(2):
        for each in others:
            for draw in draws:
                _kept_view.forget()
                _kept.forget()
                cold.append(draw(each))
    assert warm == cold
    assert len(set(warm)) == 6


def test_a_partial_page_says_of_how_many() -> None:
    rows = [class_row(perfect())]
    known, unknown = class_page(rows, Partial(3000)), class_page(rows, Partial())
    assert "Partial: 1 of 3,000 submissions graded so far" in _Page(known).text
    assert "Partial: 1 graded so far" in _Page(unknown).text
    assert "<title>Class results, partial: 1 submission</title>" in known
    assert "artial" not in class_page(rows)


def test_a_page_comes_in_pieces() -> None:
    rows = [class_row(classmate(number)) for number in range(300)]
    pieces = list(class_page_pieces(rows))
    assert "".join(pieces) == class_page(rows)
    assert max(map(len, pieces)) < len(class_page(rows)) / 2


def test_large_numbers_are_told_apart_by_thousands() -> None:
    row = class_row(perfect())
    page = _Page(class_page([replace(row, submission=f"s{at}") for at in range(1234)]))
    assert "1,234 of 1,234" in page.text
    assert {"class": "bins long"} in page.all("ol")


def test_all_rows_of_a_long_table_are_there_without_the_script() -> None:
    page = class_page(class_row(classmate(number)) for number in range(397))
    table = page[page.index('id="all"') :]
    assert table.count("<tr><th scope=row>") + table.count("<tr data-f") == 397
    assert "<tr hidden" not in table
