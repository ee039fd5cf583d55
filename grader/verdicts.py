"""Verdicts that are given once: most of a class's right answers do the same, bit for bit.

In: what ``judge_function`` and ``excused`` take. Out: what they return, remembered by the mark of
what the function did. What an exception says points into the student's own text, so there the lines
that it points at count too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from grader.judge import excused, judge_function
from grader.model import FunctionBaseline, FunctionGrade, Observation, Raised, Source, Task
from grader.words import cited

_MOST = 4096
_Found = TypeVar("_Found")


@dataclass(slots=True)
class Verdicts:
    """Judges the functions of one course, with one baseline each. Threads may share it."""

    _known: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def judge(
        self, task: Task, baseline: FunctionBaseline, observation: Observation, source: Source
    ) -> FunctionGrade:
        """As ``judge_function``."""
        contained = "none" not in observation.layers
        return self._once(
            _key(task, observation, "judge", contained, _cited(task, observation, source)),
            lambda: judge_function(task, baseline, observation, source),
        )

    def excused(
        self,
        task: Task,
        baseline: FunctionBaseline,
        observation: Observation,
        doubles: tuple[str, ...],
    ) -> bool:
        """As ``excused``."""
        return self._once(
            _key(task, observation, "excused", doubles),
            lambda: excused(task, baseline, observation, doubles),
        )

    def _once(self, key: Hashable, ask: Callable[[], _Found]) -> _Found:
        """What ``ask`` returned when it was asked under this key; ``None`` asks each time."""
        if key is None:
            return ask()
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                found: _Found = self._known[key]
                return found
        found = ask()
        with self._lock:
            self._known[key] = found
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found


def _key(task: Task, observation: Observation, *besides: Hashable) -> Hashable:
    mark = observation.marks.get(task.function, "")
    return (observation.topic, task.function, mark, *besides) if mark else None


def _cited(task: Task, observation: Observation, source: Source) -> tuple[str, ...]:
    """The lines of the student's file that the words of a verdict may speak of."""
    raised = [
        outcome
        for outcome in observation.outcomes.get(task.function, {}).values()
        if isinstance(outcome, Raised)
    ]
    lines = sorted({frame.line for outcome in raised for frame in outcome.frames})
    return (source.file, *(cited(source, line) for line in lines)) if raised else ()
