"""JSON that people look at: valid, and nothing that a terminal or a CI service obeys."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.json_text import inert_json, json_text, laid_out, one_line
from grader.report.text import UNSEEN


def test_json_for_a_terminal_and_a_log_holds_nothing_that_they_obey() -> None:
    words = "\x9b31m \u202e \u200d \U000e0041 ##[add-mask]x ##vso[a]b # ##x"
    text = json_text({words: (words, "\ud800")}, 2)
    assert json.loads(text) == {words: [words, "\ufffd"]}
    assert not set("\x9b\u202e\u200d\U000e0041") & set(text)
    assert "##[" not in text
    assert "##vso[" not in text
    assert "\\u202e" in text


@given(st.text(max_size=60))
def test_any_text_comes_back_and_is_seen(words: str) -> None:
    text = inert_json(one_line({"words": words}))
    assert json.loads(text) == {"words": words}
    assert not any(char in text for char in "\x1b\x7f\x9b\u200b\u202e\ufeff\u2028")


@pytest.mark.parametrize("char", ["\x1f", "\x7f", "\x9b", "\u202e", "\U000e0041"])
def test_no_short_cut_passes_over_what_is_unseen(char: str) -> None:
    assert char in UNSEEN or "\x0b" <= char <= "\x1f" or char > "\x7f"
    text = inert_json(one_line(f"a{char}b"))
    assert char not in text
    assert json.loads(text) == f"a{char}b"


@pytest.mark.parametrize("items", [[], ["  1"], ["  1", "  2"]])
def test_an_object_is_laid_out_a_line_a_field(items: list[str]) -> None:
    text = laid_out({"a": 1, "b##[x": ["\x7f"]}, "rest", items, depth=1)
    wanted = {"a": 1, "b##[x": ["\x7f"], "rest": [int(item) for item in items]}
    assert json.loads(text) == wanted
    assert text.split("\n")[:2] == [" {", '  "a": 1,']
    assert "##[" not in text
    assert "\x7f" not in text
