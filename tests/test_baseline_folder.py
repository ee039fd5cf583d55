"""What the reference did is remembered as long as somebody asks for it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from run_samples import ASSIGNMENT, TOPIC, Pretended

from grader import baseline
from grader.baseline import Remembering, baselines, forget_old
from grader.plan import plan

MONTH = 31 * 86_400


def test_what_nobody_asks_for_is_forgotten(tmp_path: Path):
    pretended = Pretended()
    remembering = Remembering(pretended, tmp_path, "1")
    used, old = plan(TOPIC, "used"), plan(TOPIC, "old")
    for job in (used, old):
        remembering.run(job)
    for file in tmp_path.iterdir():
        os.utime(file, (time.time() - MONTH, time.time() - MONTH))
    remembering.run(used)
    assert forget_old(tmp_path) == 1
    assert len(pretended.asked) == 2
    remembering.run(used)
    remembering.run(old)
    assert [job.source for job in pretended.asked] == ["used", "old", "old"]
    assert forget_old(tmp_path) == 0


def test_what_is_remembered_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A class that is graded again begins with this."""
    read = []
    load = baseline.load_observation
    monkeypatch.setattr(baseline, "load_observation", lambda data: read.append(1) or load(data))
    pretended = Pretended()

    @contextmanager
    def opened() -> Iterator[Remembering]:
        yield Remembering(pretended, tmp_path, "1")

    first = baselines(ASSIGNMENT, opened, slots=2)
    asked, jobs = len(pretended.asked), len(list(tmp_path.glob("*.bin")))
    read.clear()
    assert baselines(ASSIGNMENT, opened, slots=2) == first
    assert (len(pretended.asked), len(read)) == (asked, jobs)
