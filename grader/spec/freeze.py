"""What a ``task.py`` declared, made a frozen ``Task``, with every part proven on the way.

In: a ``Declared`` and the reference's source. Out: a ``Task``, or ``SpecError`` with the line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random

from grader.model import (
    DEFAULT_LIMITS,
    Case,
    Check,
    DrawnFrom,
    Equivalent,
    Input,
    Limits,
    Mistake,
    Task,
    Within,
)
from grader.spec.declare import Declared, Generator
from grader.spec.errors import SpecError, line_in
from grader.spec.inputs import complaints
from grader.spec.modules import Module
from grader.spec.reference import Function, edited, mistaken


def frozen_task(declared: Declared, topic: str, solution: Module, probe: Module, seed: str) -> Task:
    """One function's task: its cases drawn from ``seed``, its mistakes as whole sources."""
    function = solution.functions.get(declared.function)
    if function is None:
        raise SpecError(
            declared.file,
            declared.line,
            f"solution.py defines no function {declared.function}: write it there with `def`",
        )
    cases = tuple(_cases(declared, topic, function, probe, seed))
    if not cases or not declared.checks:
        raise SpecError(declared.file, declared.line, f"{function.name} needs a case and a check")
    for check, line in declared.checks:
        _prove_check(declared, check, line, cases)
    return Task(
        function=function.name,
        cases=cases,
        checks=tuple(check for check, _ in declared.checks),
        mistakes=tuple(_mistakes(declared, solution.text, function)),
        parameters=function.parameters,
        probe=declared.probe,
        oracle=declared.oracle,
        needs=declared.needs,
        limits=Limits(wall=declared.wall) if declared.wall != DEFAULT_LIMITS.wall else Limits(),
        equivalents=tuple(_equivalents(declared, solution.text)),
    )


def _cases(
    declared: Declared, topic: str, function: Function, probe: Module, seed: str
) -> Iterator[Case]:
    names: set[str] = set()
    for case in declared.declared_cases:
        _prove_inputs(declared, case.name, case.inputs, function, probe, case.line)
        number = _number("" if case.public else seed, topic, function.name, case.name)
        names.add(case.name)
        yield Case(case.name, case.inputs, case.public, number, case.line)
    for label, generator, line in declared.generators:
        rng = Random(_number(seed, topic, function.name, label))
        for index, inputs in enumerate(_drawn(declared, generator, rng, line), start=1):
            name = f"{label} {index}"
            _prove_inputs(declared, name, inputs, function, probe, line)
            if name in names:
                raise SpecError(
                    declared.file, line, f"{function.name} has two cases named {name!r}"
                )
            names.add(name)
            yield Case(name, inputs, False, _number(seed, topic, function.name, name), line)


def _drawn(
    declared: Declared, generator: Generator, rng: Random, line: int
) -> list[dict[str, Input]]:
    file = Path(declared.file)
    try:
        drawn = [dict(inputs) for inputs in generator(rng)]
    except Exception as error:
        told = f"the generator {generator.__name__}: {type(error).__name__}: {error}"
        raise SpecError(file, line_in(file, error) or line, told) from error
    if not drawn:
        raise SpecError(file, line, f"the generator {generator.__name__} yields no case")
    return drawn


def _prove_inputs(
    declared: Declared,
    name: str,
    inputs: dict[str, Input],
    function: Function,
    probe: Module,
    line: int,
) -> None:
    for complaint in complaints(inputs, function, probe, bool(declared.probe)):
        raise SpecError(declared.file, line, f"the case {name!r}: {complaint}")


def _prove_check(declared: Declared, check: Check, line: int, cases: tuple[Case, ...]) -> None:
    for pattern in check.cases:
        if not any(fnmatchcase(case.name, pattern) for case in cases):
            names = ", ".join(repr(case.name) for case in cases)
            raise SpecError(
                declared.file,
                line,
                f"no case of {declared.function} is {pattern!r}; they are {names}",
            )
    if isinstance(check.rule, (Within, DrawnFrom)) and not declared.oracle:
        raise SpecError(
            declared.file,
            line,
            f"the check {check.name!r} asks an oracle: name a function of oracle.py with "
            f'task("{declared.function}", oracle=...)',
        )


def _mistakes(declared: Declared, source: str, function: Function) -> Iterator[Mistake]:
    lines: dict[str, int] = {}
    for mistake in declared.mistakes:
        if mistake.sentence in lines:
            raise SpecError(
                declared.file,
                mistake.line,
                f"two mistakes have the same sentence; the other is in line "
                f"{lines[mistake.sentence]}: say what each does wrong",
            )
        lines[mistake.sentence] = mistake.line
        try:
            text = mistaken(source, function, mistake)
        except ValueError as error:
            raise SpecError(
                declared.file, mistake.line, f"the mistake does not apply: {error}"
            ) from None
        if text in lines:
            raise SpecError(
                declared.file,
                mistake.line,
                f"two mistakes do the same to solution.py; the other is in line {lines[text]}: "
                "drop one",
            )
        lines[text] = mistake.line
        yield Mistake(mistake.sentence, text, mistake.line)


def _equivalents(declared: Declared, source: str) -> Iterator[Equivalent]:
    for equivalent in declared.equivalents:
        for old, new in equivalent.edits:
            try:
                text = edited(source, ((old, new),))
            except ValueError as error:
                raise SpecError(
                    declared.file, equivalent.line, f"the equivalent does not apply: {error}"
                ) from None
            yield Equivalent(equivalent.reason, old, new, text, equivalent.line)


def _number(*parts: str) -> int:
    """A number below 2**31 from names: the same for the same names on every machine."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:4], "big") >> 1
