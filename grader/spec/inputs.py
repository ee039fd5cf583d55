"""What is wrong with a case's inputs, found without making any of them.

In: inputs, the function they are for, and what ``probe.py`` defines. Out: complaints in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from grader.model import Fixture
from grader.spec.modules import Module
from grader.spec.reference import Function

# The fixtures that ``worker.fixtures`` makes; any other is a function of the topic's probe.py.
BUILT_IN = ("model", "pretrained", "tokenizer", "tensor", "batch", "loader", "scratch")


def complaints(
    inputs: Mapping[str, object], function: Function, probe: Module, probed: bool
) -> Iterator[str]:
    """What the function does not take, then what no process could make. ``probed``: a probe
    stands between, which may give what is missing."""
    yield from _misfits(f"{function.name} takes", inputs, function, () if probed else None)
    for name, value in inputs.items():
        yield from _impossible(value, name, probe)


def _misfits(
    takes: str, given: Iterable[str], function: Function, required: tuple[str, ...] | None = None
) -> Iterator[str]:
    if function.named is not None:
        for name in sorted(set(given).difference(function.named)):
            yield f"{takes} {', '.join(function.named) or 'nothing'}; there is no {name!r}"
    for name in function.required if required is None else required:
        if name not in given:
            yield f"{takes} {', '.join(function.named or function.parameters)}; give it {name!r}"


def _impossible(value: object, where: str, probe: Module) -> Iterator[str]:
    """What in a value, however deep, is neither plain data nor a fixture that can be made."""
    if isinstance(value, Fixture):
        yield from _fixture(value, where, probe)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _impossible(item, f"{where}[{index}]", probe)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _impossible(item, f"{where}[{key!r}]", probe)
    elif value is not None and not isinstance(value, (bool, int, float, str)):
        yield (
            f"{where} is of type {type(value).__name__}, which cannot be sent to the student's "
            "process: use numbers, texts, lists, dicts, or name a fixture"
        )


def _fixture(fixture: Fixture, where: str, probe: Module) -> Iterator[str]:
    if fixture.name not in BUILT_IN:
        if fixture.name not in probe.names:
            yield (
                f"{where} names a fixture {fixture.name!r}: it is none of {', '.join(BUILT_IN)}, "
                "and probe.py defines no such function"
            )
        elif fixture.name in probe.functions:
            takes = f"the fixture {fixture.name} of probe.py takes"
            yield from _misfits(takes, fixture.arguments, probe.functions[fixture.name])
    for name, value in fixture.arguments.items():
        yield from _impossible(value, f"{where}.{name}", probe)
