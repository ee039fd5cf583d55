"""What is wrong between the parts of a topic: names that lead nowhere, points that do not add up.

In: all that a ``task.py`` declared, and the topic's other files. Out: nothing, or ``SpecError``
with file and line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.model import Task
from grader.spec.declare import Declared
from grader.spec.errors import SpecError
from grader.spec.modules import Module

POINTS = 10.0  # of a topic, unless its task.py says otherwise: POINTS = 6


def prove_names(declared: Declared, siblings: Iterable[str], probe: Module, oracle: Module) -> None:
    """Probe, oracle and needed siblings are there."""
    for file, what, name in (
        (probe, "probe", declared.probe),
        (oracle, "oracle", declared.oracle),
    ):
        if name and name not in file.names:
            raise SpecError(
                declared.file,
                declared.line,
                f"{file.file.name} defines no {what} {name!r} for {declared.function}: write "
                f"def {name}(function, inputs) there",
            )
    known = [name for name in siblings if name != declared.function]
    for name in declared.needs:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise SpecError(
                declared.file,
                declared.line,
                f"needs={name!r} of {declared.function} is no other task of this topic; those "
                f"are: {listed}",
            )


def prove_right(right: Module, tasks: Iterable[Task]) -> None:
    """A right solution defines every function of the topic."""
    for task in tasks:
        if task.function not in right.names:
            raise SpecError(
                right.file,
                0,
                f"it defines no {task.function}: a right solution has every function of the topic",
            )


def prove_points(file: Path, tasks: tuple[Task, ...], total: object) -> None:
    """The tasks' points add up to ``total``."""
    last = max(check.line for task in tasks for check in task.checks)
    if isinstance(total, bool) or not isinstance(total, (int, float)) or not total > 0:
        raise SpecError(file, 0, f"POINTS = {total!r} is no number above 0")
    found = sum(task.points for task in tasks)
    if abs(found - total) < 1e-9:
        return
    each = ", ".join(f"{task.function} {task.points:g}" for task in tasks)
    raise SpecError(
        file,
        last,
        f"the points add up to {found:g}, not to {total:g} ({each}): change them, or write "
        f"POINTS = {found:g} at the top if the topic is worth that",
    )
