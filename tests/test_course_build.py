"""Building the course cache: twice at once, killed half-way, without room."""

from __future__ import annotations

import filecmp
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from course_helpers import course_home

from grader.course import __main__ as builder
from grader.course.location import is_built, recipe_id

NAME = f"course-{recipe_id()}"


def _start(shelf: Path) -> subprocess.Popen[str]:
    settings = {**os.environ, "GRADER_CACHE": str(shelf), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "grader.course"]
    return subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True)


def _files(home: Path) -> set[str]:
    """All but the locks, which whoever reads the data set outside the sandbox leaves."""
    found = (path for path in home.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(home)) for path in found}


def test_two_builders_at_once_leave_one_cache_with_the_same_bytes_as_ever(tmp_path: Path):
    (tmp_path / NAME / "hub").mkdir(parents=True)  # a folder without its marker
    (tmp_path / f".{NAME}.building-dead" / "hub").mkdir(parents=True)  # a killed builder's
    builders = [_start(tmp_path), _start(tmp_path)]
    printed = [running.communicate()[0].strip() for running in builders]
    assert [running.returncode for running in builders] == [0, 0]
    assert printed == [str(tmp_path / NAME)] * 2
    assert {path.name for path in tmp_path.iterdir()} == {NAME, f".{NAME}.lock"}
    files = _files(tmp_path / NAME)
    assert files == _files(course_home())
    _, different, failed = filecmp.cmpfiles(tmp_path / NAME, course_home(), files, shallow=False)
    assert (different, failed) == ([], [])
    closed = [p for p in (tmp_path / NAME).rglob("*") if not p.stat().st_mode & 0o004]
    assert closed == []


def test_a_killed_builder_leaves_nothing_that_looks_built(tmp_path: Path):
    running = _start(tmp_path)
    while not any(tmp_path.glob(f".{NAME}.building-*")):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert not (tmp_path / NAME).exists()
    assert not is_built(tmp_path / NAME)


def test_a_full_disk_is_said_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    full = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    monkeypatch.setattr(sys, "argv", ["course"])
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    assert builder.main() == 3
    assert "the disk is full: 120 MiB are needed" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
