"""A topic without tensors, and a class of it, for graders whose warm process has no torch.

In: a folder. Out: ``reference/`` and ``class/`` in it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LIGHT = Path(__file__).parents[1] / "light_grader.py"
SOLUTION = '''"""Sums."""


def double(x):
    """Twice x."""
    return x * 2


def total(numbers):
    """The sum."""
    return sum(numbers)
'''
TASK = """from grader import same, task

double = task("double")
double.case("three", public=True, x=3)
double.case("many", x=30)
double.check("twice as much", same(), points=5, hint="Times two.")
double.mistake("You add 2.", "x * 2", "x + 2")
total = task("total")
total.case("some", public=True, numbers=[1, 2, 3])
total.case("none", numbers=[])
total.check("the sum", same(), points=5, hint="Add.")
total.mistake("You count.", "sum(numbers)", "len(numbers)")
"""
# What students hand in, turn by turn: right, a known mistake, an exception, and a death.
BODIES = ("x * 2", "x + 2", "x.no", "os.abort()")


def lay_out(folder: Path, students: int, seconds: float = 0.0) -> None:
    """The topic, and a class that takes so many seconds for each case."""
    write(folder, SOLUTION, "reference/sums/solution.py")
    write(folder, TASK, "reference/sums/task.py")
    slow = f"    time.sleep({seconds})\n    return"
    for number in range(students):
        text = SOLUTION.replace("x * 2", BODIES[number % len(BODIES)])
        text = f"import os, time  # {number}\n" + text.replace("    return", slow)
        write(folder, text, f"class/s{number:02}/sums.py")


def write(folder: Path, text: str, name: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def command(*arguments: str) -> Sequence[str]:
    """A light grader's command line."""
    return [sys.executable, str(LIGHT), *arguments]


def grader(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs one in the folder."""
    return subprocess.run(
        command(*arguments), cwd=folder, capture_output=True, text=True, timeout=120
    )
