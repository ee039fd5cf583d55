"""Honest code is not hurt: the same bits inside as outside, under every configuration."""

from __future__ import annotations

import pytest
from configurations import ALL, Found, rows_of, run_honest
from honest import PROGRAMS

NAMES = [configuration.name for configuration in ALL]


@pytest.fixture(scope="module")
def found() -> Found:
    """Rows by configuration and program."""
    return {name: {row["name"]: row for row in rows} for name, rows in run_honest().items()}


def test_there_are_programs_of_every_kind():
    assert len(PROGRAMS) >= 30
    assert sum(": " in one.name for one in PROGRAMS) >= 24  # right solutions, of every topic
    assert all(one.does.endswith(".") or ": " in one.name for one in PROGRAMS)


@pytest.mark.parametrize("configuration", NAMES)
@pytest.mark.parametrize("name", [one.name for one in PROGRAMS])
def test_the_same_bits_come_out_inside(configuration: str, name: str, found: Found):
    row = rows_of(found, configuration)[name]
    assert row["same"], row["why"]


@pytest.mark.parametrize("configuration", NAMES)
def test_nothing_that_honest_code_does_is_taken_for_an_attack(configuration: str, found: Found):
    stopped = {name: row["stopped"] for name, row in rows_of(found, configuration).items()}
    assert {name: kinds for name, kinds in stopped.items() if kinds} == {}
