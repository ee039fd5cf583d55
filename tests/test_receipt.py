"""Receipts: they speak of exactly the files that they name, made by exactly this code."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import HOSTILE, grade, hostile, unreadable

import grader
from grader.model import Grade
from grader.receipt import FILE, code_digest, holds, maker, read_receipt, row_of, write_receipt
from grader.report.rows import class_row

FILES = {"result.json": b"{}", "report.html": b"<p>"}


def _write(folder: Path, of: Grade) -> None:
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    write_receipt(folder, replace(class_row(of), submission=folder.name), FILES)


@pytest.mark.parametrize("sample", [grade(), hostile(), unreadable()])
def test_a_line_comes_back_as_it_was(tmp_path: Path, sample: Grade):
    _write(tmp_path / "ada", sample)
    receipt = read_receipt(tmp_path / "ada")
    assert receipt is not None
    assert holds(tmp_path / "ada", receipt)
    assert row_of(receipt) == replace(class_row(sample), submission="ada")


def test_equal_parts_of_lines_are_one_object(tmp_path: Path):
    _write(tmp_path / "ada", grade())
    receipt = read_receipt(tmp_path / "ada")
    assert receipt is not None
    for one, other in zip(row_of(receipt).topics, class_row(grade()).topics, strict=True):
        assert one is other


@pytest.mark.parametrize("change", ["edited", "shorter", "gone"])
@pytest.mark.parametrize("name", FILES)
def test_a_receipt_of_other_files_does_not_hold(tmp_path: Path, name: str, change: str):
    _write(tmp_path / "ada", grade())
    receipt = read_receipt(tmp_path / "ada")
    assert receipt is not None
    file = tmp_path / "ada" / name
    if change == "gone":
        file.unlink()
    else:
        file.write_bytes(FILES[name] + b" " if change == "edited" else FILES[name][:-1])
    assert not holds(tmp_path / "ada", receipt)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"maker": 1, "files": {}, "row": {}}', "\0"]
)
def test_a_damaged_receipt_says_nothing(tmp_path: Path, text: str):
    _write(tmp_path / "ada", grade())
    (tmp_path / "ada" / FILE).write_text(text)
    assert read_receipt(tmp_path / "ada") is None


def test_no_receipt_says_nothing(tmp_path: Path):
    assert read_receipt(tmp_path) is None


def test_a_receipt_of_other_code_says_nothing(tmp_path: Path):
    _write(tmp_path / "ada", grade())
    file = tmp_path / "ada" / FILE
    data = json.loads(file.read_text())
    assert data["maker"] == maker()
    file.write_text(json.dumps({**data, "maker": "f" * 64}))
    assert read_receipt(tmp_path / "ada") is None


def test_a_folder_copied_under_another_name_has_no_receipt(tmp_path: Path):
    _write(tmp_path / "ada", grade())
    shutil.copytree(tmp_path / "ada", tmp_path / "eve")
    assert read_receipt(tmp_path / "eve") is None


def test_a_name_that_utf_8_cannot_hold_only_costs_drawing_again(tmp_path: Path):
    (tmp_path / "ada").mkdir()
    write_receipt(tmp_path / "ada", replace(class_row(grade()), submission="a\udc80"), FILES)
    assert read_receipt(tmp_path / "ada") is None


def test_the_receipt_is_plain_ascii_whatever_the_names_are(tmp_path: Path):
    _write(tmp_path / "ada", replace(unreadable(), problem=HOSTILE))
    assert (tmp_path / "ada" / FILE).read_bytes().isascii()


@pytest.mark.parametrize("name", ["report/style.css", "report/parts.html.j2", "model/grade.py"])
def test_whatever_a_page_is_made_by_is_in_the_digest(tmp_path: Path, name: str):
    package = Path(grader.__file__).parent
    for part in ("report", "model"):
        shutil.copytree(package / part, tmp_path / part)
    assert code_digest(tmp_path) == maker()
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    assert code_digest(tmp_path) != maker()
