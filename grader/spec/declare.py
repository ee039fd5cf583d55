"""``task("pad_ids")`` and what hangs on it: the surface that staff write.

In: calls from a ``task.py``. Out: ``Declared`` builders, which ``load`` turns into frozen tasks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import Any

from grader.model import Check, Input, Rule
from grader.spec.errors import SpecError, line_of_caller

Generator = Callable[[Random], Iterable[dict[str, Input]]]
Edit = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DeclaredCase:
    name: str
    inputs: dict[str, Input]
    public: bool
    line: int


@dataclass(frozen=True, slots=True)
class DeclaredMistake:
    sentence: str
    edits: tuple[Edit, ...]
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class DeclaredEquivalent:
    reason: str
    edits: tuple[Edit, ...]
    line: int


@dataclass(slots=True)
class Declared:
    """One function's declaration while its ``task.py`` runs."""

    function: str
    probe: str
    oracle: str
    needs: tuple[str, ...]
    wall: float
    file: str
    line: int
    declared_cases: list[DeclaredCase] = field(default_factory=list)
    generators: list[tuple[str, Generator, int]] = field(default_factory=list)
    checks: list[tuple[Check, int]] = field(default_factory=list)
    mistakes: list[DeclaredMistake] = field(default_factory=list)
    equivalents: list[DeclaredEquivalent] = field(default_factory=list)

    def case(self, name: str, /, *, public: bool = False, **inputs: Input) -> None:
        """One call of the function. Hidden unless ``public``; the inputs go by parameter name."""
        line = line_of_caller()
        if any(case.name == name for case in self.declared_cases):
            raise SpecError(self.file, line, f"{self.function} has two cases named {name!r}")
        self.declared_cases.append(DeclaredCase(name, inputs, public, line))

    def cases(self, generator: Generator) -> Generator:
        """Decorates a function of a ``random.Random`` that yields inputs: hidden cases that are
        drawn anew from every run's secret seed."""
        self.generators.append((generator.__name__, generator, line_of_caller()))
        return generator

    def check(
        self,
        name: str,
        rule: Rule,
        points: float,
        hint: str = "",
        cases: Iterable[str] | str = (),
        given: str = "",
    ) -> None:
        """A rubric line: ``points`` when ``rule`` holds in every case it applies to.

        cases: patterns of the names of cases that it is about; all that it can be, by default.
        given: a check declared before, without which this one is worth nothing: for what is also
            true of an answer that took no thought.
        """
        line = line_of_caller()
        if any(check.name == name for check, _ in self.checks):
            raise SpecError(self.file, line, f"{self.function} has two checks named {name!r}")
        if not isinstance(rule, Rule):
            raise SpecError(
                self.file, line, f"the check {name!r} has {rule!r} for a rule: write same(...), "
                "raises(...), within(...) or drawn_from(...)"
            )  # fmt: skip
        if not (points > 0 and math.isfinite(points)):
            raise SpecError(
                self.file, line, f"the check {name!r} is worth {points} points: give it some"
            )
        if given and all(check.name != given for check, _ in self.checks):
            raise SpecError(
                self.file, line, f"given={given!r} names no check declared before this one"
            )
        patterns = (cases,) if isinstance(cases, str) else tuple(cases)
        self.checks.append((Check(name, rule, points, hint, patterns, given, line), line))

    def mistake(self, sentence: str, *edits: Any, source: str = "") -> None:
        """A known wrong way: ``mistake(sentence, old, new)``, several ``(old, new)`` pairs, or a
        whole function as ``source``. ``sentence`` is what a student who made it reads."""
        line = line_of_caller()
        if len(edits) == 2 and all(isinstance(part, str) for part in edits):
            edits = (edits,)
        if bool(edits) == bool(source) or not all(_is_edit(edit) for edit in edits):
            raise SpecError(
                self.file, line, "a mistake is a sentence and an old and a new text, several "
                "(old, new) pairs, or a whole function as source="
            )  # fmt: skip
        if not sentence.strip():
            raise SpecError(self.file, line, "the mistake says nothing: write what a student reads")
        self.mistakes.append(DeclaredMistake(sentence, tuple(edits), source, line))

    def equivalent(self, reason: str, *edits: Any) -> None:
        """Mutants of the reference that are as right as it is: ``equivalent(reason, old, new)``,
        or several ``(old, new)`` pairs, each a mutant of its own. ``grader verify --mutants``
        then asks no case to tell them from the reference."""
        line = line_of_caller()
        if len(edits) == 2 and all(isinstance(part, str) for part in edits):
            edits = (edits,)
        if not edits or not all(_is_edit(edit) for edit in edits):
            raise SpecError(
                self.file, line, "an equivalent is a reason and an old and a new text, or several "
                "(old, new) pairs, each of them a mutant"
            )  # fmt: skip
        if not reason.strip():
            raise SpecError(self.file, line, "say why the mutant is as right as the reference")
        self.equivalents.append(DeclaredEquivalent(reason, tuple(edits), line))


_collecting: ContextVar[tuple[str, list[Declared]] | None] = ContextVar("task", default=None)


def task(
    function: str,
    *,
    probe: str = "",
    oracle: str = "",
    needs: Iterable[str] = (),
    wall: float = 10.0,
) -> Declared:
    """Declares one function of ``solution.py``.

    probe: a function of ``probe.py`` that turns what the function did into plain values.
    oracle: a function of ``oracle.py``; it runs with the reference only, never with a student.
    needs: sibling functions that a student may build this one on.
    wall: seconds that one case may take.
    """
    collected = _collecting.get()
    if collected is None:
        raise RuntimeError("task() declares a function in a task.py, which `grader` loads")
    file, tasks = collected
    line = line_of_caller()
    if any(known.function == function for known in tasks):
        raise SpecError(file, line, f"there are two tasks for {function}: put them into one")
    if not (wall > 0 and math.isfinite(wall)):
        raise SpecError(file, line, f"wall={wall} is no time: it is the seconds of one case")
    declared = Declared(function, probe, oracle, tuple(needs), wall, file, line)
    tasks.append(declared)
    return declared


@contextmanager
def collecting(file: str) -> Iterator[list[Declared]]:
    """Collects what ``task()`` declares while the block runs."""
    tasks: list[Declared] = []
    token = _collecting.set((file, tasks))
    try:
        yield tasks
    finally:
        _collecting.reset(token)


def _is_edit(edit: Any) -> bool:
    return (
        isinstance(edit, tuple) and len(edit) == 2 and all(isinstance(part, str) for part in edit)
    )
