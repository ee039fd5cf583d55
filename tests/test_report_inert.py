"""Nothing that a CI service takes for a command is left in a line, and the rest is as it was."""

from __future__ import annotations

import pytest
from hostile_detectors import Runner
from hypothesis import given
from hypothesis import strategies as st

from grader.report.inert import inert

_PARTS = ["::", ":", "##", "#", "[", "]", "error", "add-mask", " ", "\n", "vso", "x", "\t"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", ": :error::x"),
        ("  ::add-mask::x", "  : :add-mask::x"),
        ("a\n::error::x", "a\n: :error::x"),
        (":::error::x", ": ::error::x"),
        ("see ##[group]x", "see # #[group]x"),
        ("###[group]x", "## #[group]x"),
        ("##vso[task.setvariable]x", "# #vso[task.setvariable]x"),
        ("##teamcity[testFailed]", "# #teamcity[testFailed]"),
        ("x[::2] and a::b::c", "x[::2] and a::b::c"),
        ("## A heading", "## A heading"),
        ("", ""),
    ],
)
def test_a_command_has_a_blank_in_it(text: str, shown: str):
    assert inert(text) == shown


@given(st.lists(st.sampled_from(_PARTS), max_size=12).map("".join))
def test_no_runner_obeys_and_nothing_but_blanks_is_added(text: str):
    shown = inert(text)
    assert Runner().read(shown).done == []
    assert "##[" not in shown
    assert shown.replace(" ", "") == text.replace(" ", "")
    assert inert(shown) == shown
