"""Whose fault it was that a run ended badly: doubtful ends are tried again, alone.

In: a job and a runner. Out: an observation whose time-outs and deaths are the student's own.
An end is doubtful when this machine may have brought it about: the grader broke, someone killed the
process, or a case ran out of time while others had the processors. Such a call runs again while no
other slot runs anything; what it does then counts. Should the machine have others to serve even
then, a case may take longer on the clock as long as it takes no more of a processor.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from grader.model import Broken, Call, Died, Job, Observation, Outcome
from grader.sandbox import Runner
from grader.strain import Strain

_TRIES = 3
_LONGER = 4
LONGEST = 1 + (_TRIES - 1) * _LONGER  # of the time that a job may take, with all tries
_OWN = 0.9  # of its time: who had the processor for so much of it was not kept from it


@dataclass(slots=True)
class Gate:
    """Lets many through together, or one alone."""

    _inside: int = 0
    _alone: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Waits while someone is, or wants to be, alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Lets no further ones in, and waits until the last has left."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            self._changed.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()


def run_fairly(job: Job, runner: Runner, gate: Gate, here: bool = True) -> Observation:
    """What the job does. ``here``: on this machine, whose strain can be told. Raises
    ``SandboxError`` when the sandbox itself failed."""
    strain = Strain()
    with gate.together():
        observation = runner.run(job)
    strained = here and strain.was_much()
    for _ in range(1, _TRIES):
        doubtful = [call for call in job.calls if _is_doubtful(call, observation, strained)]
        if not doubtful:
            break
        with gate.alone():
            observation = _mended(observation, _run_alone(job, doubtful, runner))
        strained = False  # it was alone: what is late now is late by itself
    return observation


def _run_alone(job: Job, calls: Sequence[Call], runner: Runner) -> Observation:
    """What the calls do with more time on the clock, held to the time that they have."""
    longer = tuple(
        replace(call, limits=replace(call.limits, wall=_LONGER * wall, cpu=wall))
        for call in calls
        if (wall := call.limits.wall)
    )
    strain = Strain()
    observation = runner.run(replace(job, calls=longer))
    strained = strain.was_much()
    held = {
        call.function: {
            case: _held(outcome, call.limits.wall, strained)
            for case, outcome in observation.outcomes.get(call.function, {}).items()
        }
        for call in calls
    }
    return replace(observation, outcomes=held)


def _held(outcome: Outcome, allowed: float, strained: bool) -> Outcome:
    if isinstance(outcome, Broken | Died) or outcome.wall <= allowed:
        return outcome
    if strained and outcome.cpu <= allowed:
        return outcome
    return Died(
        "timeout",
        output=outcome.output,
        wall=outcome.wall,
        cpu=outcome.cpu,
        stopped=outcome.stopped,
    )


def _is_doubtful(call: Call, observation: Observation, strained: bool) -> bool:
    outcomes = observation.outcomes.get(call.function, {})
    late = strained and any(map(_was_kept_waiting, outcomes.values()))
    return late or any(_is_accident(one) for one in outcomes.values())


def _was_kept_waiting(outcome: Outcome) -> bool:
    if not isinstance(outcome, Died) or outcome.reason != "timeout":
        return False
    return outcome.cpu < _OWN * outcome.wall


def _is_accident(outcome: Outcome) -> bool:
    """The grader's fault, or a killing: by its own hand, by ours or by the machine's, nobody can
    say from one time."""
    if isinstance(outcome, Broken):
        return True
    return isinstance(outcome, Died) and (outcome.reason, outcome.detail) == ("signal", "SIGKILL")


def _mended(first: Observation, again: Observation) -> Observation:
    """The first one, with what was done again in place of what was in doubt."""
    return replace(
        first,
        outcomes={**first.outcomes, **again.outcomes},
        layers=again.layers or first.layers,
        stopped=tuple(dict.fromkeys((*first.stopped, *again.stopped))),
        wall=first.wall + again.wall,
        cpu=first.cpu + again.cpu,
    )
