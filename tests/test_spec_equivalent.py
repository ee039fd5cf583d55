"""Mutants that ``task.py`` lists as equivalent: what may be said, and how errors are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.mutate import mutants
from grader.spec import SpecError, load_topic

SOLUTION = 'def double(x):\n    """Twice `x`."""\n    y = x * 2\n    return y + 0\n'
TASK = """from grader import same, task

double = task("double")
double.case("one", public=True, x=1)
double.check("value", same(), points=10)
"""


@pytest.fixture
def load(tmp_path: Path):
    def loaded(line: str):
        folder = tmp_path / "t"
        folder.mkdir()
        (folder / "solution.py").write_text(SOLUTION)
        (folder / "task.py").write_text(TASK + line + "\n")
        return load_topic(folder, "seed")

    return loaded


def test_each_pair_is_a_mutant_of_its_own(load):
    topic = load('double.equivalent("adds nothing", ("y + 0", "y - 0"), ("y + 0", "y"))')
    one, other = topic.tasks[0].equivalents
    assert (one.reason, one.old, one.new, one.line) == ("adds nothing", "y + 0", "y - 0", 6)
    assert other.source == SOLUTION.replace("y + 0", "y")
    assert {one.source, other.source} <= {mutant.source for mutant in mutants(SOLUTION)}


def test_one_pair_needs_no_brackets(load):
    (entry,) = load('double.equivalent("why", "y + 0", "y")').tasks[0].equivalents
    assert (entry.old, entry.new) == ("y + 0", "y")


def test_nothing_is_listed_by_default(load):
    assert load("").tasks[0].equivalents == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('double.equivalent("why")', "a reason and an old and a new text"),
        ('double.equivalent("why", "y")', "a reason and an old and a new text"),
        ('double.equivalent(" ", "y + 0", "y")', "say why"),
        ('double.equivalent("why", "y", "z")', "stands 2 times"),
        ('double.equivalent("why", "y + 1", "y")', "stands 0 times"),
        ('double.equivalent("why", "y + 0", "y +")', "line 4 is not Python"),
        ('double.equivalent("why", "y + 0", "y + 0")', "are the same"),
    ],
)
def test_what_does_not_apply_is_told_with_its_line(load, line, told):
    with pytest.raises(SpecError, match=rf"task\.py:6: .*{told}"):
        load(line)
