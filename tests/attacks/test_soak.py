"""A short soak: contained runs in a row leave nothing behind, and memory is flat. ``make soak``
does ten thousand of them."""

from __future__ import annotations

from dataclasses import replace

import soak


def test_contained_runs_in_a_row_leave_nothing_behind():
    assert soak.left(soak.soak(200, lambda figures: None)) == []


def test_what_is_left_would_be_told():
    before = soak.Figures(20, 3, 28, 20, 2, 0, 30.0, 500.0, 1.0)
    assert soak.left([before, replace(before, runs=200, warm_memory=510.0)]) == []
    after = replace(before, processes=4, files=1, own_memory=60.0)
    assert soak.left([before, after]) == [
        "processes: 3, then 4",
        "files: 0, then 1",
        "own memory: 30, then 60",
    ]
