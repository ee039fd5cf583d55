"""What the terminal shows: at 80 columns, in a pipe, without colour, in ASCII."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from report_samples import CANARY, classmate, failed, grade, hostile, perfect, unreadable
from rich.console import Console

from grader.model import FunctionGrade, Grade, TopicGrade
from grader.report.rows import class_row
from grader.report.terminal import class_table, print_grade


def _shown(draw: Callable[[Console], None], *, terminal: bool = False, **settings: object) -> str:
    out = io.StringIO()
    draw(Console(file=out, width=80, force_terminal=terminal, **settings))  # type: ignore[arg-type]
    return out.getvalue()


def _check(sample: object, **settings: object) -> str:
    return _shown(lambda console: print_grade(sample, console), **settings)  # type: ignore[arg-type]


def _table(numbers: range, limit: int | None = None, **settings: object) -> str:
    rows = [class_row(classmate(number)) for number in numbers]
    rows += [class_row(unreadable()), class_row(hostile())]
    return _shown(lambda console: class_table(rows, console, limit), **settings)


def test_a_check_fits_80_columns_and_leaves_no_trailing_blanks() -> None:
    lines = _check(grade()).splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line != line.rstrip()]


def test_it_says_what_passed_what_failed_and_why() -> None:
    text = _check(grade())
    joined = " ".join(text.split())
    assert "✓ tokenize: all right (5 functions)" in text
    assert "✗ pad_ids" in text
    assert "Failed (value): the mask marks real tokens" in text
    assert "also 3 hidden cases" in joined
    assert "Likely cause: Your mask says `ids != pad_id`" in text
    assert "Hint: Which rows hold padding" in text
    assert "| ids = [[9, 9, 0], [9, 1, 2]]" in text
    assert "at solution.py, line 31, in _masked" in text
    assert "○ attention_plot: not attempted" in text
    assert "Blocked: the best epoch is found; the best state is kept" in text
    assert text.count("none of its functions ran") == 1


def test_it_ends_with_the_total_and_the_next_step() -> None:
    last = _check(grade()).splitlines()[-1]
    assert last == "Total 32.5 of 83 points. Next: pad_texts in pad_batch: ids are right."
    assert _check(perfect()).splitlines()[-1] == "Total 20 of 20 points. Nothing left to fix."


def test_nothing_hidden_is_printed() -> None:
    assert CANARY not in _check(grade())


def test_an_unreadable_submission_says_so_and_no_more() -> None:
    assert " ".join(_check(unreadable()).split()) == (
        "Nothing could be graded. The archive is damaged: it ends in the middle of a file."
    )


@pytest.mark.parametrize("draw", [_check, None])
def test_hostile_text_cannot_drive_the_terminal(draw: Callable[..., str] | None) -> None:
    text = draw(hostile()) if draw else _table(range(2))
    assert not set("\x1b\x07\u202e\u202c\u200b") & set(text)
    assert "<script>" in text
    if draw:
        assert "[bold]markup[/bold]" in text


@pytest.mark.parametrize("width", range(24, 60))
def test_no_line_that_was_wrapped_is_a_command(width: int) -> None:
    """Without the last step a wrapped line begins with the command at some of these widths."""
    words = " ".join(f"{'w' * number} ::add-mask::points" for number in range(1, 20))
    check = replace(failed("c"), message=words)
    sample = Grade("s", (TopicGrade("t", (FunctionGrade("f", (check,)),)),))
    out = io.StringIO()
    print_grade(sample, Console(file=out, width=width))
    lines = [line.lstrip() for line in out.getvalue().splitlines()]
    assert not [line for line in lines if line.startswith("::")]
    assert [line for line in lines if line.startswith(": :add-mask::")]


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[31m" in _check(grade(), terminal=True)
    assert "\x1b[" not in _check(grade())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in _check(grade(), terminal=True)


def test_an_ascii_console_gets_ascii() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="strict", newline="\n")
    print_grade(hostile(), Console(file=out, width=80))
    print_grade(grade(), Console(file=out, width=80))
    out.flush()
    text = raw.getvalue().decode("ascii")
    assert "x pad_ids" in text
    assert "+ lengths" in text
    assert '[case "two rows"]' in text


def test_the_class_fits_80_columns_with_numbered_topics() -> None:
    text = _table(range(150, 170), terminal=True, no_color=True, color_system=None)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split()[:3] == ["Submission", "1", "2"]
    assert "Topics: 1 load_model, 2 tokenize" in text
    assert [line for line in lines if line.startswith("student-0164") and "grader error" in line]
    assert lines.index(next(line for line in lines if "grader error" in line)) == 1


def test_long_names_keep_both_their_ends() -> None:
    rows = [
        class_row(
            replace(
                classmate(number), submission=f"winter-term-2026-transformers-group-{number:04d}"
            )
        )
        for number in range(1200, 1203)
    ]
    text = _shown(
        lambda console: class_table(rows, console), terminal=True, no_color=True, color_system=None
    )
    names = [line.split()[0] for line in text.splitlines()[1:4]]
    assert len(set(names)) == 3
    assert all("…" in name and name.startswith("winter") for name in names)


def test_a_pipe_gets_every_row_and_every_name_in_full() -> None:
    text = _table(range(30), limit=5)
    assert "attention_plot" in text.splitlines()[0]
    assert len([line for line in text.splitlines() if line.startswith("student-")]) == 30
    assert "more submission" not in text


def test_a_terminal_gets_as_many_rows_as_were_asked_for() -> None:
    text = _table(range(30), limit=5, terminal=True, no_color=True, color_system=None)
    assert "and 27 more submissions" in text
    assert "32 submissions: mean" in " ".join(text.split())


def test_an_unreadable_row_has_no_points_that_look_like_answers() -> None:
    (line,) = [line for line in _table(range(2)).splitlines() if line.startswith("zip bomb")]
    assert line.split()[2:] == ["-"] * 12 + ["0", "unreadable"]


def test_no_rows_are_said_to_be_none() -> None:
    assert _shown(lambda console: class_table([], console)) == "No submissions.\n"
