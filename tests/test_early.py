"""A command begins sandboxes for work that is sure to come, and for no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader import early
from grader.cli import checking, grading
from grader.cli.app import app
from grader.cli.place import is_new, store_place


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """What was begun: how many, and whether plain. Nothing is graded."""
    found: list[tuple[int, bool]] = []

    @contextmanager
    def begun(number: int, plain: bool) -> Iterator[None]:
        found.append((number, plain))
        yield None

    monkeypatch.setattr(early, "begun", begun)
    monkeypatch.setattr(checking, "check", lambda *_: 0)
    monkeypatch.setattr(grading, "grade", lambda *_: 0)
    return found


def run(*words: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output


def test_a_check_is_sure_to_run_something(asked: list[tuple[int, bool]], tmp_path: Path):
    run("check", "--folder", str(tmp_path))
    run("check", "--folder", str(tmp_path), "--plain")
    assert asked == [(1, False), (1, True)]


def test_so_is_a_class_of_which_nothing_was_graded(asked: list[tuple[int, bool]], tmp_path: Path):
    run("grade", "class", "-o", str(tmp_path), "-j", "3")
    assert asked == [(3, False)]


@pytest.mark.parametrize(
    "words",
    [
        ("--explain",),
        ("--cluster", "tcp://127.0.0.1:1"),
        ("--store", "postgresql://someone@host/classes"),
        ("--store", "STORE"),
    ],
)
def test_nothing_else_is(asked: list[tuple[int, bool]], tmp_path: Path, words: tuple[str, ...]):
    there = tmp_path / "there.sqlite3"
    there.touch()
    named = [str(there) if word == "STORE" else word for word in words]
    run("grade", "class", "-o", str(tmp_path), "-j", "3", *named)
    assert asked == [(0, False)]


def test_a_store_in_the_folder_of_the_results_is_found(
    asked: list[tuple[int, bool]], tmp_path: Path
):
    place = store_place(tmp_path)
    assert is_new(place)
    Path(place).touch()
    assert not is_new(place)
    run("grade", "class", "-o", str(tmp_path), "-j", "3")
    assert asked == [(0, False)]
