"""What a job costs that does nothing, taken apart.

In: a job, and a way to run one like it. Out: the seconds of the job itself, of each function and of
each case, as differences between jobs that ask for less and less. Their cases have no inputs: the
making of these costs what it costs.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.direct import Spent
from grader.model import Call, Job


@dataclass(frozen=True, slots=True)
class IdleParts:
    """Seconds: of a job without functions, of a function besides, of a case besides."""

    job: Spent
    function: Spent
    case: Spent


def idle_parts(job: Job, rounds: int, run: Callable[[Job], Spent]) -> IdleParts:
    """Medians of so many rounds, in which each kind of job has its turn. ``job``'s functions are to
    do nothing."""
    every = tuple(map(_without_inputs, job.calls))
    few = tuple(map(_with_few_cases, every))
    kinds = [replace(job, calls=calls) for calls in ((), few, every)]
    taken: list[list[Spent]] = [[], [], []]
    for turn in range(-1, rounds):
        for kind, found in zip(kinds, taken, strict=True):
            spent = run(kind)
            if turn >= 0:
                found.append(spent)
    pairs = [_taken_apart(few, every, *(_median(found, one) for found in taken)) for one in _CLOCKS]
    return IdleParts(*(Spent(cpu, wall) for cpu, wall in zip(*pairs, strict=True)))


_CLOCKS = ("cpu", "wall")


def _taken_apart(
    few: Sequence[Call], every: Sequence[Call], none: float, some: float, all_of_them: float
) -> tuple[float, float, float]:
    more = _cases(every) - _cases(few)
    case = (all_of_them - some) / more if more else 0.0
    return none, (some - none - case * _cases(few)) / len(few), case


def _cases(calls: Sequence[Call]) -> int:
    return sum(len(call.cases) for call in calls)


def _without_inputs(call: Call) -> Call:
    return replace(call, cases=tuple(replace(case, inputs={}) for case in call.cases))


def _with_few_cases(call: Call) -> Call:
    """A public case and a hidden one, as far as there are."""
    first = {case.public: case for case in reversed(call.cases)}
    kept = tuple(first[public] for public in (True, False) if public in first)
    return replace(call, cases=kept)


def _median(found: Sequence[Spent], clock: str) -> float:
    return statistics.median(getattr(spent, clock) for spent in found)
