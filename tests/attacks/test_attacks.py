"""Every attack is held, under every configuration that can be had here, or its gap is announced.

The suite runs once under each configuration; the tests read what it found.
"""

from __future__ import annotations

import pytest
from catalogue import attacks
from configurations import ALL, Found, available, rows_of, run_all
from handins import HANDINS

EVERY = {one.name: one for one in (*attacks(), *HANDINS)}
NAMES = [configuration.name for configuration in ALL]
_AT_LEAST = 0.97  # of the attacks, with the portable layers


@pytest.fixture(scope="module")
def found() -> Found:
    """Rows by configuration and attack. The first configuration shows the controls too."""
    controls = available()[0].name
    rows = run_all("suite.py", names=[], controls=controls)
    return {name: {row["name"]: row for row in some} for name, some in rows.items()}


def test_there_are_attacks_of_every_class():
    classes = {name.split("/")[0] for name in EVERY}
    assert classes == {"read", "forge", "grader", "breakout", "exhaust", "handin"}
    assert len(EVERY) >= 85
    assert all(one.tries.endswith(".") for one in EVERY.values())


@pytest.mark.parametrize("configuration", NAMES)
def test_every_attack_ran(configuration: str, found: Found):
    assert set(rows_of(found, configuration)) == set(EVERY)


@pytest.mark.parametrize("configuration", NAMES)
@pytest.mark.parametrize("name", EVERY)
def test_the_attack_is_held(configuration: str, name: str, found: Found):
    """No secret, no points, no trace, no other student's result changed; or an announced gap."""
    row = rows_of(found, configuration)[name]
    if configuration in EVERY[name].gaps:
        assert EVERY[name].why
        return
    assert row["harms"] == []


@pytest.mark.parametrize("configuration", NAMES)
@pytest.mark.parametrize("name", [name for name, one in EVERY.items() if one.told])
def test_the_report_says_what_was_stopped(configuration: str, name: str, found: Found):
    assert rows_of(found, configuration)[name]["told"] == ""


@pytest.mark.parametrize("configuration", ["portable", "container"])
def test_nearly_all_are_held_without_namespaces(configuration: str, found: Found):
    rows = rows_of(found, configuration)
    held = sum(row["harms"] == [] for row in rows.values())
    assert held >= _AT_LEAST * len(rows)


def test_all_are_held_with_all_layers(found: Found):
    assert all(row["harms"] == [] for row in rows_of(found, "root").values())


@pytest.mark.parametrize("name", [name for name, one in EVERY.items() if one.has_control])
def test_the_attack_works_when_nothing_holds_it(name: str, found: Found):
    """The positive control: the layers left out, or a careless grader."""
    control = found[available()[0].name][name]["control"]
    if control == "NOT SHOWN" and EVERY[name].control.startswith("if"):
        pytest.skip(f"this machine does not let it: {EVERY[name].control}")
    assert control != "NOT SHOWN"
