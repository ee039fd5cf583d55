"""``grader verify --mutants`` as staff use it: a survivor, an entry, an endless loop."""

from __future__ import annotations

import json
from pathlib import Path

from e2e_helpers import run_grader, write

SOLUTION = '''"""A made-up topic."""


def count_down(n):
    """The numbers from `n` down to 1."""
    numbers = []
    while n > 0:
        numbers.append(n + 0)
        n -= 1
    return numbers
'''
TASK = """from grader import same, task

POINTS = 1
count = task("count_down", wall=0.5)
count.case("three", public=True, n=3)
count.case("none", n=0)
count.check("every number is there", same(), points=1)
count.mistake("You begin at 0.", "numbers = []", "numbers = [0]")
count.mistake("You count in twos.", "n -= 1", "n -= 2")
count.mistake("You return nothing.", "return numbers", "return None")
count.mistake("You turn them round.", "return numbers", "return numbers[::-1]")
"""
LISTED = 'count.equivalent("adding 0 adds nothing", "n + 0", "n")\n'


def test_mutants_survive_unless_they_are_killed_or_listed(open_folder: Path, grader_data: Path):
    folder = open_folder / "mutants"
    topic = folder / "reference" / "down"
    write(topic / "solution.py", SOLUTION)
    write(topic / "README.md", "# Down\n")
    for name in ("one", "two"):
        write(topic / "right" / f"{name}.py", "def count_down(n):\n    return [*range(n, 0, -1)]\n")
    write(topic / "task.py", TASK + LISTED)
    told = run_grader(folder, "verify", "--mutants", "--json", "--reference", folder / "reference")
    (proof,) = json.loads(told.out)
    assert (told.code, told.left) == (1, [])
    assert proof["mutants"]["killed"] > 10  # with an endless loop among them
    assert (proof["mutants"]["equivalent"], proof["mutants"]["survived"]) == (1, 1)
    (complaint,) = proof["complaints"]
    assert complaint.startswith("solution.py:8: survived: turn operator: `numbers.append(n + 0)`")
