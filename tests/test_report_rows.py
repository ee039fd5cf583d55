"""The lines of a class: what they say, how they are ordered, and what they weigh."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from random import Random

import pytest
from report_samples import classmate, grade, hostile, perfect, unreadable

from grader.report.rows import (
    ClassRow,
    Slip,
    class_row,
    compact,
    name_order,
    needs_staff_first,
)
from grader.report.summary import summarise


def test_names_are_sorted_in_any_mix_of_cases_and_always_alike() -> None:
    names = ["zoe", "Ada", "ada", "ADA", "Zoe", "b"]
    for seed in range(5):
        Random(seed).shuffle(names)
        assert sorted(names, key=name_order) == ["ADA", "Ada", "ada", "b", "Zoe", "zoe"]
        rows = [class_row(replace(perfect(), submission=name)) for name in names]
        found = [row.submission for row in needs_staff_first(rows)]
        assert found == sorted(names, key=name_order)


def test_who_needs_staff_comes_first() -> None:
    rows = [
        class_row(replace(perfect(), submission="a")),
        class_row(grade()),
        class_row(unreadable()),
    ]
    assert not needs_staff_first(rows)[-1].needs_staff
    assert {row.needs_staff for row in needs_staff_first(rows)[:2]} == {True}


@pytest.mark.parametrize("sample", [grade(), hostile(), perfect(), unreadable(), classmate(1)])
def test_a_compact_row_says_the_same(sample) -> None:  # type: ignore[no-untyped-def]
    row = class_row(sample)
    assert compact(row) == row
    assert all(one is other for one, other in zip(compact(row).topics, row.topics, strict=True))


def test_mistakes_as_common_as_others_stand_in_one_order() -> None:
    """Whatever the order in which a set gives them, which changes from process to process."""
    slips = [Slip("topic", f"function_{at}", "You did it.") for at in range(9)]
    for seed in range(5):
        Random(seed).shuffle(slips)
        row = ClassRow("ada", 0.0, 1.0, (), (), tuple(slips))
        found = [common.slip.function for common in summarise([row]).mistakes]
        assert found == [f"function_{at}" for at in range(9)]


def test_a_line_of_twelve_topics_weighs_less_than_a_kilobyte() -> None:
    """What lines have in common is there once: ten thousand of them are ten megabytes at most."""
    rows = [class_row(classmate(number)) for number in range(150)]  # what they have in common
    gc.collect()
    tracemalloc.start()
    try:
        rows += [class_row(classmate(number)) for number in range(150, 350)]
        gc.collect()
        weight, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rows) == 350
    assert weight / 200 < 1000
