"""Honest code is not hurt: the same bits inside as outside, under every configuration."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from configurations import ALL, available, run_honest
from honest import PROGRAMS

NAMES = [configuration.name for configuration in ALL]


@functools.cache
def found() -> dict[str, dict[str, dict[str, Any]]]:
    """Rows by configuration and program."""
    return {name: {row["name"]: row for row in rows} for name, rows in run_honest().items()}


def rows_of(configuration: str) -> dict[str, dict[str, Any]]:
    if configuration not in [one.name for one in available()]:
        pytest.skip(f"{configuration}: needs root, to become somebody else")
    return found()[configuration]


def test_there_are_programs_of_every_kind():
    assert len(PROGRAMS) >= 30
    assert sum(": " in one.name for one in PROGRAMS) >= 24  # right solutions, of every topic
    assert all(one.does.endswith(".") or ": " in one.name for one in PROGRAMS)


@pytest.mark.parametrize("configuration", NAMES)
@pytest.mark.parametrize("name", [one.name for one in PROGRAMS])
def test_the_same_bits_come_out_inside(configuration: str, name: str):
    row = rows_of(configuration)[name]
    assert row["same"], row["why"]


@pytest.mark.parametrize("configuration", NAMES)
def test_nothing_that_honest_code_does_is_taken_for_an_attack(configuration: str):
    stopped = {name: row["stopped"] for name, row in rows_of(configuration).items()}
    assert {name: kinds for name, kinds in stopped.items() if kinds} == {}
