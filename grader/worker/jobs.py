"""Jobs to bytes and back: JSON, with tagged nodes for fixtures, tuples and odd floats.

In: a ``Job`` (trusted process). Out: the same ``Job`` (student's process), in two parts: what a
child begins with, and the hidden cases. Nothing secret is in a job that goes to a student's
process; ``oracles`` only ever goes along with the reference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.model import Call, Case, Fixture, Input, Job, Limits

_TAG = "\x00"


Cases = dict[int, Case]  # by their number in the call


@dataclass(frozen=True, slots=True)
class Opening:
    """What a child begins with. The calls of ``job`` hold no cases: ``first`` are the public ones
    of each call; with ``more`` the others come when they are asked for."""

    job: Job
    first: tuple[Cases, ...]
    more: bool


def dump_job(job: Job) -> bytes:
    """The whole job as UTF-8 JSON. Raises ``TypeError`` for an input that is not plain data."""
    return _bytes(_plain(job, lambda case: True))


def load_job(data: bytes) -> Job:
    """The job again. The bytes come from the trusted process, so they are not doubted here."""
    plain = _unpacked(data)
    calls = tuple(
        replace(_call(call), cases=tuple(_load_cases(call["cases"]).values()))
        for call in plain.pop("calls")
    )
    return Job(calls=calls, **plain)


def dump_opening(job: Job) -> bytes:
    """The job with its public cases alone: nothing of a hidden case is anywhere in the sandbox
    before all that a student is shown has been settled."""
    return _bytes({**_plain(job, lambda case: case.public), "more": has_hidden(job)})


def load_opening(data: bytes) -> Opening:
    """The opening again."""
    plain = _unpacked(data)
    more, calls = plain.pop("more"), plain.pop("calls")
    first = tuple(_load_cases(call["cases"]) for call in calls)
    return Opening(Job(calls=tuple(map(_call, calls)), **plain), first, more)


def has_hidden(job: Job) -> bool:
    """Whether some case is not public."""
    return any(not case.public for call in job.calls for case in call.cases)


def dump_hidden(job: Job) -> bytes:
    """The hidden cases of each call."""
    return _bytes([_dump_cases(call, lambda case: not case.public) for call in job.calls])


def load_hidden(data: bytes) -> tuple[Cases, ...]:
    """The hidden cases again, for each call of the job."""
    return tuple(map(_load_cases, _unpacked(data)))


def dump_cases(cases: Mapping[int, Case]) -> bytes:
    """Some cases of one call, from the child to its fork."""
    return _bytes([_dump_case(number, case) for number, case in cases.items()])


def load_cases(data: bytes) -> Cases:
    """The cases again."""
    return _load_cases(_unpacked(data))


def _plain(job: Job, wanted: Callable[[Case], bool]) -> dict[str, Any]:
    calls = [
        {
            "function": call.function,
            "parameters": call.parameters,
            "probe": call.probe,
            "oracle": call.oracle,
            "doubles": call.doubles,
            "limits": asdict(call.limits),
            "cases": _dump_cases(call, wanted),
        }
        for call in job.calls
    ]
    names = ("topic", "source", "file", "probes", "oracles", "isolate")
    return {**{name: getattr(job, name) for name in names}, "calls": calls}


def _dump_cases(call: Call, wanted: Callable[[Case], bool]) -> list[Any]:
    return [_dump_case(number, case) for number, case in enumerate(call.cases) if wanted(case)]


def _dump_case(number: int, case: Case) -> list[Any]:
    return [number, case.name, dump_input(dict(case.inputs)), case.public, case.seed]


def _load_cases(plain: list[Any]) -> Cases:
    return {
        number: Case(name, load_input(inputs), public, seed)
        for number, name, inputs, public, seed in plain
    }


def _bytes(plain: Any) -> bytes:
    return json.dumps(plain).encode("utf-8", "surrogatepass")


def _unpacked(data: bytes) -> Any:
    return json.loads(data.decode("utf-8", "surrogatepass"))


def _call(plain: dict[str, Any]) -> Call:
    return Call(
        function=plain["function"],
        cases=(),
        parameters=tuple(plain["parameters"]),
        probe=plain["probe"],
        oracle=plain["oracle"],
        doubles=tuple(plain["doubles"]),
        limits=Limits(**plain["limits"]),
    )


def dump_input(value: Input) -> Any:
    """A case's input as JSON nodes. Raises ``TypeError`` when it is not plain data."""
    if isinstance(value, Fixture):
        return {_TAG: "fixture", "name": value.name, "arguments": dump_input(dict(value.arguments))}
    if isinstance(value, tuple):
        return {_TAG: "tuple", "items": [dump_input(item) for item in value]}
    if isinstance(value, list):
        return [dump_input(item) for item in value]
    if isinstance(value, dict):
        return {_TAG: "dict", "items": [[key, dump_input(item)] for key, item in value.items()]}
    if isinstance(value, float) and not math.isfinite(value):
        return {_TAG: "float", "value": repr(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{type(value).__name__} is not plain data; name a fixture instead")


def load_input(value: Any) -> Any:
    """The input again. Nodes that ``dump_input`` never makes raise ``KeyError``, ``TypeError`` or
    ``ValueError``."""
    if isinstance(value, list):
        return [load_input(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value[_TAG] == "fixture":
        return _fixture(value["name"], load_input(value["arguments"]))
    if value[_TAG] == "tuple":
        return tuple(load_input(item) for item in value["items"])
    if value[_TAG] == "dict":
        return {key: load_input(item) for key, item in value["items"]}
    if value[_TAG] == "float":
        return float(value["value"])
    raise ValueError("an input of no kind")


def _fixture(name: Any, arguments: Any) -> Fixture:
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise TypeError("a fixture is a name with arguments")
    return Fixture(name, arguments)
