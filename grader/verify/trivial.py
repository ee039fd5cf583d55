"""Answers that take no thought: zeros, a constant, the input itself, another case's answer, ...

In: a topic and one of its tasks. Out: one job that tries them all. What has the expected shape is
the reference's answer, worked out in a fork: no probe sees how.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.model import Job, Observation, Outcome, Raises, Task, Topic
from grader.plan import call_of, plan

_WITHOUT_INPUT = {
    "nothing": "None",
    "zero": "0",
    "one": "1.0",
    "true": "True",
    "an empty text": '""',
    "an empty list": "[]",
    "an empty dict": "{}",
    "an empty tensor": "torch.empty(0)",
    "a tensor of one zero": "torch.zeros(1)",
}
_OF_THE_RIGHT_SHAPE = {
    "zeros of the expected shape": "_filled(right, 0)",
    "ones of the expected shape": "_filled(right, 1)",
    "NaN of the expected shape": '_filled(right, float("nan"))',
}
_TOOLS = '''

import os
import pickle
from collections.abc import Mapping

import torch

_reference = {function}
_answers = []


def _right(arguments, named):
    """The reference's answer, worked out in a fork: nothing that it does is seen here."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            data = pickle.dumps(_bare(_reference(*arguments, **named)))
            with os.fdopen(writing, "wb") as file:
                file.write(data)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    return pickle.loads(data) if data else None


def _bare(value):
    """The value with ``None`` for whatever is more than data."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, Mapping):
        return {{key: _bare(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_bare(item) for item in value]
    return value if isinstance(value, (bool, int, float, str)) else None


def _filled(value, filling):
    """The same structure, filled; whole numbers cannot be NaN and become -1."""
    whole = filling if filling == filling else -1
    if isinstance(value, torch.Tensor):
        return torch.full_like(value, filling if value.dtype.is_floating_point else whole)
    if isinstance(value, bool):
        return filling == 1
    if isinstance(value, int):
        return whole
    if isinstance(value, float):
        return float(filling)
    if isinstance(value, dict):
        return {{key: _filled(item, filling) for key, item in value.items()}}
    if isinstance(value, list):
        return [_filled(item, filling) for item in value]
    return "" if isinstance(value, str) else None


def _before(right):
    """The answer of the case before this one."""
    _answers.append(right)
    return _answers[-2] if len(_answers) > 1 else None

'''


def trivial_job(topic: Topic, task: Task) -> Job:
    """Every trivial answer on all of the task's cases, each as a call of its own name."""
    answers = dict(_answers(task))
    tools = _TOOLS.format(function=task.function)
    bodies = [
        f"\n\ndef {_name(index)}(*arguments, **named):\n    {body}\n"
        for index, body in enumerate(answers.values())
    ]
    calls = tuple(replace(call_of(task), function=_name(index)) for index in range(len(answers)))
    source = topic.reference + tools + "".join(bodies)
    return replace(plan(topic, source, functions=[task.function]), calls=calls)


def trivial_observations(task: Task, observation: Observation) -> Iterator[tuple[str, Observation]]:
    """What each trivial answer did, as if the student's function had done it."""
    for index, (name, _) in enumerate(_answers(task)):
        found: dict[str, Outcome] = dict(observation.outcomes.get(_name(index), {}))
        yield name, replace(observation, outcomes={task.function: found})


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
        yield name, f"right = _right(arguments, named)\n    return {value}"
    yield "the answer of the case before", "return _before(_right(arguments, named))"
