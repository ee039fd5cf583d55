"""The CSV: what a spreadsheet makes of it, and what it must not run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import grade, perfect, unreadable

from grader.report.rows import class_row
from grader.report.table import BYTE_ORDER_MARK, grades_csv


def _read(*grades: object) -> list[list[str]]:
    text = grades_csv(class_row(each) for each in grades)  # type: ignore[arg-type]
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_a_line_a_submission_a_column_a_topic() -> None:
    header, ada, grace, broken = _read(grade(), perfect(), unreadable())
    assert header[:4] == ["submission", "score", "max_score", "percent"]
    assert header[4:7] == ["load_model", "tokenize", "pad_batch"]
    assert header[-1] == "status"
    assert ada[:7] == ["Ada Lovelace", "32.5", "83", "39.2", "10", "10", "5"]
    assert ada[-1] == "needs staff: grader error"
    assert grace[:7] == ["grace", "20", "20", "100.0", "10", "10", ""]
    assert grace[-1] == "final"
    assert broken[-1] == "unreadable: The archive is damaged: it ends in the middle of a file."


def test_what_was_not_attempted_is_empty_and_a_zero_is_a_zero() -> None:
    header, ada = _read(grade())
    row = dict(zip(header, ada, strict=True))
    assert (row["attention_plot"], row["embeddings"]) == ("", "0")


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠") + ["\x1b[0m="])
def test_no_cell_starts_a_formula(start: str) -> None:
    _, row = _read(replace(perfect(), submission=f"{start}cmd|' /C calc'!A0"))
    assert row[0].startswith("'")


@given(st.text(max_size=60))
def test_every_name_is_one_harmless_cell(name: str) -> None:
    header, row = _read(replace(perfect(), submission=name))
    assert len(row) == len(header)
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert "\n" not in row[0]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("a;=1+1", "a;'=1+1"),
        ('a" -1', "a\" '-1"),
        ("  =1", "'  =1"),
        ("a, b; c - d", "a, b; c - d"),
        ("##[add-mask]x", "# #[add-mask]x"),
        ("::error::x", ": :error::x"),
    ],
)
def test_no_cell_hides_another_or_a_command(name: str, cell: str) -> None:
    _, row = _read(replace(perfect(), submission=name))
    assert row[0] == cell


def test_excel_reads_it_as_utf_8() -> None:
    raw = grades_csv([class_row(replace(perfect(), submission="Zoë"))]).encode("utf-8")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines()[1].startswith("Zoë,20,20,100.0")
