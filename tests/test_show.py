"""What a command tells while it works."""

from __future__ import annotations

import pytest
from rich.console import Console

from grader.cli import show
from grader.cli.show import Steps, pace


@pytest.mark.parametrize(
    ("done", "total", "seconds", "told"),
    [
        (412, 3000, 133.0, "412 of 3000 done, 3.1 a second, 14 min left"),
        (1, 3, 30.0, "1 of 3 done, 2.0 a minute, 60 s left"),
        (1, 520, 9.8, "1 of 520 done"),
        (5, 520, 10.0, "5 of 520 done, 30.0 a minute, 17 min left"),
        (6, 6, 6.0, "6 of 6 done, 1.0 a second, 0 s left"),
        (7, None, 3.0, "7 done"),
        (0, 5, 0.0, "0 done"),
    ],
)
def test_the_pace(done: int, total: int | None, seconds: float, told: str):
    assert pace(done, total, seconds) == told


def test_what_is_done_meanwhile_is_not_counted(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(show.time, "monotonic", lambda: clock[0])
    said = []
    monkeypatch.setattr(Console, "print", lambda self, text, **_: said.append(text))
    steps = Steps(Console(), _last=clock[0])
    steps.start_count("grading", 100)
    with steps.meanwhile("the reference and its mistakes"):
        clock[0] += 300.0
    for _ in range(10):
        clock[0] += 6.0
        steps.advance()
    assert said[0] == "grading 100"
    assert said[-1] == "10 of 100 done, 10.0 a minute, 9 min left"
