"""Jobs to bytes and back: JSON, with tagged nodes for fixtures, tuples and odd floats.

In: a ``Job`` (trusted process). Out: the same ``Job`` (student's process). Nothing secret is in a
job that goes to a student's process; ``oracles`` only ever goes along with the reference.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from grader.model import Call, Case, Fixture, Input, Job, Limits

_TAG = "\x00"


def dump_job(job: Job) -> bytes:
    """The job as UTF-8 JSON. Raises ``TypeError`` for an input that is not plain data."""
    calls = [
        {
            "function": call.function,
            "parameters": call.parameters,
            "probe": call.probe,
            "oracle": call.oracle,
            "doubles": call.doubles,
            "limits": asdict(call.limits),
            "cases": [
                {"name": case.name, "seed": case.seed, "inputs": dump_input(dict(case.inputs))}
                for case in call.cases
            ],
        }
        for call in job.calls
    ]
    names = ("topic", "source", "file", "probes", "oracles", "isolate")
    plain = {name: getattr(job, name) for name in names}
    return json.dumps({**plain, "calls": calls}).encode("utf-8", "surrogatepass")


def load_job(data: bytes) -> Job:
    """The job again. The bytes come from the trusted process, so they are not doubted here."""
    plain = json.loads(data.decode("utf-8", "surrogatepass"))
    calls = tuple(_call(call) for call in plain.pop("calls"))
    return Job(calls=calls, **plain)


def _call(plain: dict[str, Any]) -> Call:
    cases = tuple(
        Case(case["name"], load_input(case["inputs"]), seed=case["seed"]) for case in plain["cases"]
    )
    return Call(
        function=plain["function"],
        parameters=tuple(plain["parameters"]),
        probe=plain["probe"],
        oracle=plain["oracle"],
        doubles=tuple(plain["doubles"]),
        limits=Limits(**plain["limits"]),
        cases=cases,
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
        return Fixture(value["name"], load_input(value["arguments"]))
    if value[_TAG] == "tuple":
        return tuple(load_input(item) for item in value["items"])
    if value[_TAG] == "dict":
        return {key: load_input(item) for key, item in value["items"]}
    return float(value["value"])
