"""What to run: a topic and a source become a job. In: frozen values. Out: a ``Job``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from grader.model import Call, Job, Task, Topic


def plan(
    topic: Topic,
    source: str,
    file: str = "solution.py",
    functions: Iterable[str] = (),
    isolate: bool = False,
) -> Job:
    """The job that runs ``source`` on all cases of the topic, or of some of its functions."""
    wanted = set(functions)
    tasks = [task for task in topic.tasks if not wanted or task.function in wanted]
    return Job(topic.name, source, file, tuple(map(call_of, tasks)), topic.probes, "", isolate)


def call_of(task: Task) -> Call:
    """One function's part of a job. Nothing of its checks or mistakes is in it."""
    return Call(
        function=task.function,
        cases=task.cases,
        parameters=task.parameters,
        probe=task.probe,
        limits=task.limits,
    )


def doubled_call(task: Task, doubles: tuple[str, ...]) -> Call:
    """The same call, with stand-ins for siblings."""
    return replace(call_of(task), doubles=doubles)


def mentions(function: str, source: str) -> bool:
    """Whether the text names a function beyond defining it: a guess that spares runs, no proof."""
    return re.search(rf"(?<!def )(?<![\w.]){function}\b(?!=)", source) is not None


def stand_ins(topic: Topic, task: Task) -> Iterator[tuple[str, ...]]:
    """Every set of siblings that stand-ins (``double_<name>`` of the probes) can replace."""
    known = [name for name in task.needs if re.search(rf"^def double_{name}\b", topic.probes, re.M)]
    for size in range(1, len(known) + 1):
        yield from combinations(known, size)
