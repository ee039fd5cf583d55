"""Text of strangers becomes bounded and visible; numbers become readable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Tolerance
from grader.report.text import clean, count, points, printed, tolerance

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(st.characters(), max_size=300))
def test_no_control_bidi_or_surrogate_character_survives(text: str) -> None:
    shown = clean(text, 200)
    kinds = {unicodedata.category(char) for char in shown if char not in "\n\t"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set(_BIDI)
    shown.encode("utf-8")


@given(st.text(max_size=400), st.integers(1, 100))
def test_length_is_bounded_and_the_cut_is_told(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit + 40
    if len(shown) > limit:
        assert "more character" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "link"),
        ("bell\x07", "bell␇"),
        ("half \x1b[", "half ␛["),
        ("delete\x7f", "delete␡"),
        ("a\u202egnp.exe", "a⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("lone \ud800", "lone ⟨U+D800⟩"),
        ("blank\u3164\u115f\uffa0", "blank⟨U+3164⟩⟨U+115F⟩⟨U+FFA0⟩"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("line\r\nline", "line\nline"),
        ("a" + "\u0301" * 50, "a" + "\u0301" * 3),
        ("naïve Ωμέγα 日本 👩‍👩‍👧", "naïve Ωμέγα 日本 👩‍👩‍👧"),
    ],
)
def test_what_is_unseen_becomes_visible(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_name_is_one_line_and_cut_without_a_count() -> None:
    assert clean("ada\nlovelace\t!", 40, newlines=False) == "ada␊lovelace␉!"
    assert clean("x" * 100, 10, newlines=False) == "x" * 10 + "…"


def test_a_progress_bar_is_its_last_state() -> None:
    bar = "".join(f"\r{percent}%" for percent in range(101)) + "\ndone\n"
    assert printed(bar, 100) == "100%\ndone"


def test_a_megabyte_of_controls_is_cut_like_any_text() -> None:
    assert len(clean("\x00\u202e" * 500_000, 1000)) < 1100


@pytest.mark.parametrize(
    ("value", "text"), [(7.5, "7.5"), (2.0, "2"), (20 / 3, "6.67"), (0.0, "0"), (100.0, "100")]
)
def test_points_have_as_many_decimals_as_they_need(value: float, text: str) -> None:
    assert points(value) == text


def test_counts_and_tolerances_read_as_words() -> None:
    assert (count(1, "case"), count(1200, "case")) == ("1 case", "1,200 cases")
    assert tolerance(Tolerance(1e-5, 1e-6)) == "1e-06 + 1e-05 × |wanted|"
    assert tolerance(Tolerance()) == "exact"
