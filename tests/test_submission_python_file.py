"""Python files: bytes to text, by Python's own rules, without parsing."""

from __future__ import annotations

import pytest

from grader.submission.limits import LINES, SOURCE_BYTES
from grader.submission.python_file import read_python

FILE = "pad_batch/solution.py"


def read(data: bytes):
    return read_python("pad_batch", FILE, data)


def test_text_and_one_place_a_line():
    source = read(b"def f():\n    return 1\n")
    assert source.text == "def f():\n    return 1\n"
    assert [str(place) for place in source.places] == [f"{FILE}, line 1", f"{FILE}, line 2"]
    assert source.problem == ""


@pytest.mark.parametrize("ending", [b"\r\n", b"\r", b"\n"])
def test_line_endings_are_made_equal(ending: bytes):
    source = read(b"a = 1" + ending + b"b = 2")
    assert source.text == "a = 1\nb = 2"
    assert len(source.places) == 2


def test_an_empty_file_is_no_problem():
    source = read(b"")
    assert (source.text, source.places, source.problem) == ("", (), "")


def test_a_syntax_error_is_left_to_the_process_that_runs_it():
    assert read(b"def f(:\n").text == "def f(:\n"


def test_a_byte_order_mark_is_taken_off():
    assert read(b"\xef\xbb\xbfa = '\xc3\xa9'\n").text == "a = 'é'\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"# -*- coding: latin-1 -*-\na = '\xe9'\n", "é"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\na = '\x80'\n", "€"),
        (b"# coding=utf-8\na = '\xc3\xa9'\n", "é"),
        ("# coding: shift_jis\na = 'テ'\n".encode("shift_jis"), "テ"),
    ],
)
def test_a_declared_encoding_is_honoured(data: bytes, text: str):
    source = read(data)
    assert f"a = '{text}'" in source.text
    assert source.problem == ""


def test_a_declaration_below_code_is_a_comment():
    assert "not UTF-8" in read(b"x = 1\n# coding: latin-1\na = '\xe9'\n").problem


@pytest.mark.parametrize(
    "codec", [b"utf-7", b"zip", b"rot13", b"unicode_escape", b"punycode", b"x"]
)
def test_codecs_that_are_none_for_text_are_refused(codec: bytes):
    source = read(b"# coding: " + codec + b"\na = 1\n")
    assert codec.decode() in source.problem
    assert source.text == ""


def test_latin_1_bytes_say_where_and_how_to_save():
    problem = read(b"a = 1\nname = 'Ren\xe9'\n").problem
    assert problem.startswith(f"{FILE} is not UTF-8: byte 0xE9 at line 2, column 12 (offset 17).")
    assert "Save it as UTF-8" in problem


def test_the_offset_counts_the_byte_order_mark():
    assert "line 1, column 8 (offset 7)" in read(b"\xef\xbb\xbfa = \xff").problem


def test_nul_bytes_and_utf_16_are_named():
    assert "NUL byte in line 2" in read(b"a = 1\nb = '\0'\n").problem
    assert "UTF-16" in read("a = 1\n".encode("utf-16")).problem


def test_a_file_of_too_many_lines_is_refused():
    assert read(b"\n" * LINES).problem == ""
    assert f"more than {LINES:,} lines" in read(b"\n" * (LINES + 1)).problem


def test_every_line_break_of_python_and_no_other_counts():
    source = read("a = '\x0c\u2028'\nb = 2\n".encode())
    assert len(source.places) == 2


def test_a_large_file_is_read_in_full():
    data = b"# " + b"x" * (SOURCE_BYTES - 3) + b"\n"
    assert len(read(data).text) == SOURCE_BYTES
