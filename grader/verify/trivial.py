"""Answers that take no thought: zeros, a constant, the input itself, another case's answer, ...

In: a topic and one of its tasks. Out: one job that tries them all. What has the expected shape is
the reference's answer, worked out in a fork: no probe sees how. It comes from there as every answer
comes out of the sandbox, by the codec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.model import Broken, Died, Job, Observation, Outcome, Raised, Raises, Task, Topic
from grader.plan import call_of, plan

BEFORE = "the answer of the case before"
_WITHOUT_INPUT = {
    "nothing": "None",
    "zero": "0",
    "one": "1.0",
    "true": "True",
    "an empty text": '""',
    "an empty list": "[]",
    "an empty dict": "{}",
    "an empty tensor": "_trivial_torch.empty(0)",
    "a tensor of one zero": "_trivial_torch.zeros(1)",
}
_OF_THE_RIGHT_SHAPE = {
    "zeros of the expected shape": "_trivial_filled(right, 0)",
    "ones of the expected shape": "_trivial_filled(right, 1)",
    "NaN of the expected shape": '_trivial_filled(right, float("nan"))',
}
# Its names are long, so that none of a reference's is among them.
_TOOLS = '''

import os as _trivial_os
from collections.abc import Mapping as _TrivialMapping

import torch as _trivial_torch

from grader.model import ArrayValue as _TrivialArray
from grader.model import DictValue as _TrivialDict
from grader.model import ListValue as _TrivialList
from grader.worker.decode import decode as _trivial_decode
from grader.worker.encode import encode as _trivial_encode

if not hasattr(_trivial_os, "fork"):
    raise RuntimeError(
        "what has the expected shape is worked out in a fork, which this platform has not: prove "
        "the topic on Linux or macOS"
    )

_trivial_reference = {function}
_trivial_before = []


class _TrivialLossError(Exception):
    """A result that is more than data."""


def _trivial_right(arguments, named):
    """The reference's answer, worked out in a fork: nothing that it does is seen here. ``None``
    where it raises or gives more than data."""
    reading, writing = _trivial_os.pipe()
    pid = _trivial_os.fork()
    if pid == 0:
        try:
            answer = _trivial_bare(_trivial_reference(*arguments, **named))
            data = _trivial_encode(answer, {limit})
            with _trivial_os.fdopen(writing, "wb") as file:
                file.write(data)
        finally:
            _trivial_os._exit(0)
    _trivial_os.close(writing)
    with _trivial_os.fdopen(reading, "rb") as file:
        data = file.read()
    _trivial_os.waitpid(pid, 0)
    return _trivial_again(_trivial_decode(data)) if data else None


def _trivial_again(value):
    """What the codec made of plain data, as the data."""
    if isinstance(value, _TrivialArray):
        dtype = getattr(_trivial_torch, value.dtype)
        return _trivial_torch.from_numpy(value.data).to(dtype)
    if isinstance(value, _TrivialDict):
        return {{key: _trivial_again(item) for key, item in value.items}}
    if isinstance(value, _TrivialList):
        return [_trivial_again(item) for item in value.items]
    return value


def _trivial_bare(value):
    """The value as plain data. Raises where it is more, or has no form in the codec."""
    if isinstance(value, _trivial_torch.Tensor):
        if value.is_complex() or value.is_meta:
            raise _TrivialLossError
        return value.detach().clone()
    if isinstance(value, _TrivialMapping):
        return {{key: _trivial_bare(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_trivial_bare(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise _TrivialLossError


def _trivial_filled(value, filling):
    """The same structure, filled; whole numbers cannot be NaN and become -1."""
    whole = filling if filling == filling else -1
    if isinstance(value, _trivial_torch.Tensor):
        return _trivial_torch.full_like(
            value, filling if value.dtype.is_floating_point else whole
        )
    if isinstance(value, bool):
        return filling == 1
    if isinstance(value, int):
        return whole
    if isinstance(value, float):
        return float(filling)
    if isinstance(value, dict):
        return {{key: _trivial_filled(item, filling) for key, item in value.items()}}
    if isinstance(value, list):
        return [_trivial_filled(item, filling) for item in value]
    return "" if isinstance(value, str) else None


def _trivial_late(arguments, named):
    """The answer of the case before this one. Where an answer is more than data, the reference
    works for the arguments of the case before."""
    right = _trivial_right(arguments, named)
    _trivial_before.append((right, arguments, named))
    if len(_trivial_before) < 2:
        return None
    right, arguments, named = _trivial_before[-2]
    return _trivial_reference(*arguments, **named) if right is None else right

'''


def trivial_job(topic: Topic, task: Task) -> Job:
    """Every trivial answer on all of the task's cases, each as a call of its own name."""
    answers = dict(_answers(task))
    tools = _TOOLS.format(function=task.function, limit=task.limits.result)
    bodies = [
        f"\n\ndef {_name(index)}(*arguments, **named):\n    {body}\n"
        for index, body in enumerate(answers.values())
    ]
    calls = tuple(replace(call_of(task), function=_name(index)) for index in range(len(answers)))
    source = topic.reference + tools + "".join(bodies)
    return replace(plan(topic, source, functions=[task.function]), calls=calls)


def trivial_observations(
    task: Task, observation: Observation, wanted: Mapping[str, Outcome]
) -> Iterator[tuple[str, Observation]]:
    """What each trivial answer did, as if the student's function had done it. The first case has
    no case before it: there that answer is right, so that the other cases decide."""
    for index, (name, _) in enumerate(_answers(task)):
        found: dict[str, Outcome] = dict(observation.outcomes.get(_name(index), {}))
        if name == BEFORE:
            found[task.cases[0].name] = wanted[task.cases[0].name]
        yield name, replace(observation, outcomes={task.function: found})


def not_tried(task: Task, observation: Observation) -> str:
    """Why an answer could not be given at all; empty when each was."""
    for index, (name, _) in enumerate(_answers(task)):
        for case in task.cases:
            outcome = observation.outcome(_name(index), case.name)
            if isinstance(outcome, Broken | Died):
                return f"{name} on {case.name!r}: {outcome}"
            if isinstance(outcome, Raised) and outcome.stage in ("load", "lookup", "signature"):
                return f"{name} on {case.name!r}: {outcome.type}: {outcome.message}"
    return ""


def _name(index: int) -> str:
    return f"trivial_{index}"


def _answers(task: Task) -> Iterator[tuple[str, str]]:
    """(what it is, the function's body)."""
    for name, value in _WITHOUT_INPUT.items():
        yield name, f"return {value}"
    for index, parameter in enumerate(task.parameters):
        yield (
            f"the input `{parameter}`",
            f"return named.get({parameter!r}) if len(arguments) <= {index} else arguments[{index}]",
        )
    for exception in sorted({c.rule.exception for c in task.checks if isinstance(c.rule, Raises)}):
        yield f"always {exception}", f'raise {exception}("no")'
    for name, value in _OF_THE_RIGHT_SHAPE.items():
        yield name, f"right = _trivial_right(arguments, named)\n    return {value}"
    yield BEFORE, "return _trivial_late(arguments, named)"
