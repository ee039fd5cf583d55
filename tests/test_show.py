"""What a command tells while it works."""

from __future__ import annotations

import pytest

from grader.cli.show import pace


@pytest.mark.parametrize(
    ("done", "total", "seconds", "told"),
    [
        (412, 3000, 133.0, "412 of 3000 done, 3.1 a second, 14 min left"),
        (1, 3, 30.0, "1 of 3 done, 2.0 a minute, 60 s left"),
        (3, 3, 3.0, "3 of 3 done, 1.0 a second, 0 s left"),
        (7, None, 3.0, "7 done"),
        (0, 5, 0.0, "0 done"),
    ],
)
def test_the_pace(done: int, total: int | None, seconds: float, told: str):
    assert pace(done, total, seconds) == told
