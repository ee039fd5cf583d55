"""Names chosen by strangers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submission.names import (
    readable,
    safe_name,
    shown,
    unique_name,
    without_suffix,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada", "ada"),
        ("Ada Lovelace_12_assignsubmission_file", "Ada Lovelace_12_assignsubmission_file"),
        ("Zoë Ångström 田中", "Zoë Ångström 田中"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d", "a_b_c_d"),
        ("...hidden", "hidden"),
        ("-rf", "_rf"),
        ("a\x00b\x1b[31mc\n", "ab[31mc"),
        ("evil\u202egpj", "evilgpj"),
        ("zero\u200bwidth", "zerowidth"),
        ("bad\udcffbyte", "badbyte"),
        ("", "submission"),
        ("..", "submission"),
        ("\u202e", "submission"),
        ("nul", "nul_"),
        ("COM1.txt", "COM1.txt_"),
        ("index.html", "index.html_"),
        ("grades.csv", "grades.csv_"),
        ("ends. . ", "ends"),
    ],
)
def test_safe_names(text: str, name: str):
    assert safe_name(text) == name


def test_a_name_is_composed():
    assert safe_name("Zoe\u0308") == "Zo\u00eb"


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_a_name_fit_for_a_folder(text: str):
    name = safe_name(text)
    assert 0 < len(name) <= 100
    assert len(name.encode()) <= 201
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert not name.startswith((".", " ", "-"))
    assert not name.endswith((".", " "))
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["ada", "Ada", "ADA", "a" * 150, "é" * 150, ""]), max_size=12))
def test_unique_names_differ_in_any_mix_of_cases(texts: list[str]):
    taken: set[str] = set()
    names = [unique_name(text, taken) for text in texts]
    assert len({name.casefold() for name in names}) == len(texts)
    assert all(len(name) <= 100 for name in names)


def test_suffixes_of_archives_and_sources_go():
    names = ["ada.zip", "ada.tar.gz", "ada.TGZ", "ada.py", "ada.ipynb", "ada.b"]
    assert [without_suffix(name) for name in names] == ["ada"] * 5 + ["ada.b"]


def test_shown_paths_are_bounded_and_plain():
    assert shown(["a\x1b[0m", "b\u202e.py"]) == "a[0m/b.py"
    assert len(shown(["x" * 500])) == 160


def test_notes_are_cleaned_and_counted():
    notes = readable([f"note {n}\x1b" for n in range(30)])
    assert notes[0] == "note 0"
    assert notes[-1] == "and 10 more of this kind"
    assert len(notes) == 21
