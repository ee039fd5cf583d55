"""Loads topics from the reference folder.

In: ``reference/`` and the run's secret seed. Out: an ``Assignment``; ``SpecError`` with file and
line for whatever staff must mend. ``task.py`` is staff's own code and runs here; ``solution.py``,
``probe.py`` and the right solutions are text.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random

from grader.model import (
    DEFAULT_LIMITS,
    Assignment,
    Case,
    Check,
    DrawnFrom,
    Input,
    Limits,
    Mistake,
    Task,
    Topic,
    Within,
)
from grader.spec.declare import Declared, Generator, collecting
from grader.spec.errors import SpecError, UnknownTopicError
from grader.spec.reference import Function, functions, mistaken

# Teaching order; a topic that is not named here comes after these, by its name.
_ORDER = (
    "load_model",
    "tokenize",
    "pad_batch",
    "embeddings",
    "attentions",
    "attention_plot",
    "prepare_dataset",
    "training_loop",
    "trainer",
    "freeze_encoder",
    "task_heads",
    "generate",
)


def new_seed() -> str:
    """A secret seed for one run's hidden cases."""
    return secrets.token_hex(8)


def topic_names(reference: Path) -> tuple[str, ...]:
    """The topics that ``reference`` holds, in teaching order."""
    found = {path.parent.name for path in reference.glob("*/task.py")}
    rest = sorted(found.difference(_ORDER))
    return (*(name for name in _ORDER if name in found), *rest)


def load_assignment(reference: Path, seed: str, topics: Iterable[str] = ()) -> Assignment:
    """The whole course, or ``topics`` of it. Raises ``SpecError`` and ``UnknownTopicError``."""
    known = topic_names(reference)
    if not known:
        raise SpecError(reference, 0, "no topic is here: a topic is a folder with a task.py")
    unknown = sorted(set(topics).difference(known))
    if unknown:
        listed = ", ".join(known)
        raise UnknownTopicError(f"there is no topic {unknown[0]!r}. The topics are: {listed}.")
    wanted = [name for name in known if name in set(topics)] if topics else known
    return Assignment(tuple(load_topic(reference / name, seed) for name in wanted))


def load_topic(folder: Path, seed: str) -> Topic:
    """One topic from its folder. Raises ``SpecError``."""
    file = folder / "task.py"
    source = _read(folder / "solution.py")
    try:
        defined = functions(source, "solution.py")
    except SyntaxError as error:
        raise SpecError(folder / "solution.py", error.lineno or 0, error.msg) from None
    with collecting(str(file)) as declared:
        _run(file)
    if not declared:
        raise SpecError(file, 0, 'it declares nothing: write task("name of a function")')
    tasks = tuple(_task(one, folder.name, source, defined, seed) for one in declared)
    return Topic(
        name=folder.name,
        tasks=tasks,
        reference=source,
        probes=_read(folder / "probe.py", optional=True),
        oracles=_read(folder / "oracle.py", optional=True),
        rights={path.stem: _read(path) for path in sorted(folder.glob("right/*.py"))},
    )


def _run(file: Path) -> None:
    text = _read(file)
    try:
        exec(compile(text, str(file), "exec"), {"__name__": "task", "__file__": str(file)})
    except SpecError:
        raise
    except SyntaxError as error:
        raise SpecError(file, error.lineno or 0, error.msg) from error
    except Exception as error:
        raise SpecError(file, _line_in(file, error), f"{type(error).__name__}: {error}") from error


def _line_in(file: Path, error: BaseException) -> int:
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _task(
    declared: Declared, topic: str, source: str, defined: dict[str, Function], seed: str
) -> Task:
    function = defined.get(declared.function)
    if function is None:
        raise SpecError(
            declared.file, declared.line, f"solution.py defines no function {declared.function}"
        )
    cases = tuple(_cases(declared, topic, function, seed))
    if not cases or not declared.checks:
        raise SpecError(declared.file, declared.line, f"{function.name} needs a case and a check")
    for check, line in declared.checks:
        _prove_check(declared, check, line, cases)
    return Task(
        function=function.name,
        cases=cases,
        checks=tuple(check for check, _ in declared.checks),
        mistakes=tuple(_mistakes(declared, source, function)),
        parameters=function.parameters,
        probe=declared.probe,
        oracle=declared.oracle,
        needs=declared.needs,
        limits=Limits(wall=declared.wall) if declared.wall != DEFAULT_LIMITS.wall else Limits(),
    )


def _cases(declared: Declared, topic: str, function: Function, seed: str) -> Iterator[Case]:
    names: set[str] = set()
    for case in declared.declared_cases:
        _prove_inputs(declared, case.inputs, function, case.line)
        own = "" if case.public else seed
        names.add(case.name)
        yield Case(
            case.name, case.inputs, case.public, _number(own, topic, function.name, case.name)
        )
    for label, generator, line in declared.generators:
        rng = Random(_number(seed, topic, function.name, label))
        for index, inputs in enumerate(_drawn(declared, generator, rng), start=1):
            name = f"{label} {index}"
            _prove_inputs(declared, inputs, function, line)
            if name in names:
                raise SpecError(
                    declared.file, line, f"{function.name} has two cases named {name!r}"
                )
            yield Case(name, inputs, False, _number(seed, topic, function.name, name))


def _drawn(declared: Declared, generator: Generator, rng: Random) -> list[dict[str, Input]]:
    try:
        return [dict(inputs) for inputs in generator(rng)]
    except Exception as error:
        file = Path(declared.file)
        raise SpecError(file, _line_in(file, error), f"{type(error).__name__}: {error}") from error


def _prove_inputs(
    declared: Declared, inputs: dict[str, Input], function: Function, line: int
) -> None:
    unknown = sorted(set(inputs).difference(function.parameters))
    if unknown:
        takes = ", ".join(function.parameters)
        raise SpecError(
            declared.file, line, f"{function.name} takes {takes}; there is no {unknown[0]!r}"
        )


def _prove_check(declared: Declared, check: Check, line: int, cases: tuple[Case, ...]) -> None:
    if not math.isfinite(check.points):
        raise SpecError(declared.file, line, f"the check {check.name!r} has no finite points")
    for pattern in check.cases:
        if not any(fnmatchcase(case.name, pattern) for case in cases):
            raise SpecError(declared.file, line, f"no case of {declared.function} is {pattern!r}")
    if isinstance(check.rule, (Within, DrawnFrom)) and not declared.oracle:
        raise SpecError(declared.file, line, f"the check {check.name!r} asks an oracle: name one")


def _mistakes(declared: Declared, source: str, function: Function) -> Iterator[Mistake]:
    sentences: set[str] = set()
    for mistake in declared.mistakes:
        if mistake.sentence in sentences:
            raise SpecError(declared.file, mistake.line, "two mistakes have the same sentence")
        sentences.add(mistake.sentence)
        try:
            text = mistaken(source, function, mistake)
        except ValueError as error:
            raise SpecError(
                declared.file, mistake.line, f"the mistake does not apply: {error}"
            ) from None
        yield Mistake(mistake.sentence, text, mistake.line)


def _number(*parts: str) -> int:
    """A number below 2**31 from names: the same for the same names on every machine."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:4], "big") >> 1


def _read(file: Path, optional: bool = False) -> str:
    if optional and not file.exists():
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(file, 0, f"it cannot be read: {error}") from None
