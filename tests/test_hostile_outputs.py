"""Places x payloads x outputs: whatever a student writes, wherever it gets to, it stays text.

A cell draws an output twice: with the payload in that place, and with harmless words there. What
reads such an output (a browser's parser, a spreadsheet, a CI service's runner, ...) must find the
same structure in both, and no control character in either. That the readers find what they look
for is shown first, on the same outputs with the same payloads put in unescaped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from hostile_detectors import Runner, html_intrusions
from hostile_outputs import OUTPUTS, TOKEN, intrusions
from hostile_places import Place, places
from hostile_text import (
    ATTRIBUTE,
    CSV,
    HTML,
    JSON,
    LOG,
    MARKDOWN,
    PAYLOADS,
    TERMINAL,
    XML,
    twin,
)

from grader.submission.reader import Reader

MARKER = "zqmarkerqz"
Drawn = Callable[[str, str], dict[str, str]]

# For each kind of output: one of the outputs, and a place whose words get there unchanged.
_SEEN_IN = {
    HTML: ("report.html", "message of the exception"),
    CSV: ("grades.csv", "name that nobody looked at"),
    JSON: ("result.json", "message of the exception"),
    XML: ("junit", "message of the exception"),
    LOG: ("check", "message of the exception"),
    TERMINAL: ("check", "message of the exception"),
    MARKDOWN: ("summary", "message of the exception"),
}


@pytest.fixture(scope="module")
def everywhere() -> Iterator[dict[str, Place]]:
    with Reader() as reader:
        yield places(reader)


@pytest.fixture(scope="module")
def drawn(everywhere: dict[str, Place]) -> Drawn:
    """Every output with a text in a place; kept, since many payloads have the same twin."""

    @cache
    def draw(place: str, text: str) -> dict[str, str]:
        grade = everywhere[place](text)
        return {name: output.draw(grade) for name, output in OUTPUTS.items()}

    return draw


PLACES = list(places(Reader()))


# The detectors detect


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name, one in PAYLOADS.items() for kind in one.harms if kind != ATTRIBUTE],
)
def test_unescaped_it_is_found(everywhere: dict[str, Place], name: str, kind: str):
    output, place = _SEEN_IN[kind]
    clean = OUTPUTS[output].draw(everywhere[place](MARKER))
    assert MARKER in clean
    assert intrusions(output, clean, clean) == []
    raw = clean.replace(MARKER, PAYLOADS[name].text[:3000])
    assert intrusions(output, raw, clean, kind) != []


@pytest.mark.parametrize("name", [n for n, one in PAYLOADS.items() if ATTRIBUTE in one.harms])
def test_unescaped_in_an_attribute_it_is_found(name: str):
    clean = f'<p><img alt="{MARKER}"></p>'
    assert html_intrusions(clean.replace(MARKER, PAYLOADS[name].text), clean) != []


def test_every_payload_harms_something_or_is_bait_for_an_escape():
    """Those that are harmless raw try what an escape, a cut or a wrapped line may make of them."""
    baits = {name for name, one in PAYLOADS.items() if not one.harms}
    assert baits == {
        "single quote",
        "address",
        "entity",
        "template",
        "stacked marks",
        "markup of rich",
        "emoji of rich",
        "behind colour",
        "encoded",
        "properties",
        "long way to the edge",
        "a megabyte",
    }


# What is said of these names no more than that something is wrong with them.
_NOT_QUOTED = {"a cell that does not parse", "name of a tensor's type", "text of an opaque value"}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_written_there_is_shown_somewhere(everywhere: dict[str, Place], place: str):
    grade = everywhere[place](MARKER)
    seen = [name for name, output in OUTPUTS.items() if MARKER in output.draw(grade)]
    assert ("staff.html" in seen) == (place not in _NOT_QUOTED)


# The table


_ALL = os.environ.get("GRADER_ALL") == "1"
# Only what is printed may be so long, and a name that nobody looked at; and they take long.
_LARGE = {name for name, one in PAYLOADS.items() if len(one.text) > 100_000}
_CHIEF = ("printed text", "message of the exception", "name that nobody looked at")


def _cells() -> Iterator[tuple[str, str]]:
    """All of the table with ``GRADER_ALL=1``; else the chief places with every payload, and of the
    others every third cell, so that each place meets many payloads and each payload many places."""
    for row, place in enumerate(PLACES):
        for column, payload in enumerate(PAYLOADS):
            chosen = payload not in _LARGE and (_ALL or (row + column) % 3 == 0)
            if chosen or place in _CHIEF:
                yield place, payload


@pytest.mark.parametrize(("place", "payload"), list(_cells()))
def test_it_stays_text(everywhere: dict[str, Place], drawn: Drawn, place: str, payload: str):
    hostile = everywhere[place](PAYLOADS[payload].text)
    harmless = drawn(place, twin(PAYLOADS[payload].text))
    found = {
        name: intrusions(name, output.draw(hostile), harmless[name])
        for name, output in OUTPUTS.items()
    }
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_export_for_github_does_no_more_than_annotate(
    everywhere: dict[str, Place], payload: str
):
    for place in ("message of the exception", "name that nobody looked at", "line of code"):
        text = OUTPUTS["github --staff"].draw(everywhere[place](PAYLOADS[payload].text))
        first, *others = Runner().read(text).done
        assert first == ("stop-commands", (), TOKEN)
        assert {name for name, _, _ in others} == {"error"}
        assert {name for _, names, _ in others for name in names} <= {"file", "line", "title"}
