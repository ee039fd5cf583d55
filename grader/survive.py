"""Which mutants of a reference no case tells from it.

In: a topic, what is right, and runners. Out: a ``Mutation`` for every function, with a complaint
for each mutant that survives and is not listed as equivalent, and for each list entry that is
stale. A mutant is killed as soon as one check fails in one case: it first runs on a few cases,
and only what survives these on the others.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import zip_longest
from random import Random

from grader.applies import cases_of, failures
from grader.baseline import Opener, run_all
from grader.model import (
    Baseline,
    Broken,
    Call,
    Case,
    Died,
    Equivalent,
    FunctionBaseline,
    Job,
    Limits,
    Observation,
    Returned,
    Task,
    Topic,
)
from grader.mutate import Mutant, mutants, users
from grader.plan import call_of, plan
from grader.sandbox import Runner

_LEAD = 3  # cases of the first round, each of another check where there are so many
_SECOND = 8  # cases of the second round; all others are the third
_PATIENCE = 8  # times the reference's own time, before a mutant has lost itself in a loop
_LEAST_WALL = 1.0  # seconds
_MORE = 3  # times as long for what ran out of time


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant, the functions whose checks judge it, and its entry in the list, if it has one."""

    mutant: Mutant
    judges: tuple[str, ...]
    listed: Equivalent | None = None


@dataclass(frozen=True, slots=True)
class Trials:
    """What is tried for a topic. ``strangers`` are entries that name no mutant, by function."""

    topic: Topic
    trials: tuple[Trial, ...]
    strangers: tuple[tuple[str, Equivalent], ...] = ()


@dataclass(frozen=True, slots=True)
class Mutation:
    """One function's line: how many of its mutants were killed, are listed, and survived."""

    topic: str
    function: str
    killed: int = 0
    equivalent: int = 0
    survived: int = 0
    complaints: tuple[str, ...] = ()


def trials(topic: Topic, sample: float | None = None) -> Trials:
    """Every mutant of the reference, or a sample: so many of each function, or a share below 1.
    The same sample each time. Raises ``MutateError``."""
    found = mutants(topic.reference)
    entries = [(task.function, entry) for task in topic.tasks for entry in task.equivalents]
    listed = {_tree(entry.source): entry for _, entry in entries}
    trees = {_tree(mutant.source): mutant for mutant in found} if entries else {}
    by_source = {trees[tree].source: entry for tree, entry in listed.items() if tree in trees}
    judges = users(topic.reference, [task.function for task in topic.tasks])
    every = [
        Trial(mutant, judges.get(mutant.scope, ()), by_source.get(mutant.source))
        for mutant in found
    ]
    matched = {id(entry) for entry in by_source.values()}
    strangers = tuple((function, entry) for function, entry in entries if id(entry) not in matched)
    return Trials(topic, tuple(_sampled(topic, every, sample)), strangers)


def verdicts(
    tried: Trials, baseline: Baseline, open_runner: Opener, slots: int = 1
) -> Iterator[tuple[Trial, Verdict]]:
    """Each trial's verdict, as it comes. Runners that remember make the next time a short one."""
    by_source = {trial.mutant.source: trial for trial in tried.trials if trial.judges}
    judge = _Judge(tried.topic, baseline, by_source)

    @contextmanager
    def open_judging() -> Iterator[Runner]:
        with open_runner() as runner:
            yield _Judging(judge, runner)

    for trial in tried.trials:
        if not trial.judges:
            yield trial, Verdict.SURVIVED
    jobs = [plan(tried.topic, trial.mutant.source) for trial in by_source.values()]
    told: set[str] = set()
    for _ in run_all(jobs, open_judging, slots):
        for source in [source for source in list(judge.verdicts) if source not in told]:
            told.add(source)
            yield by_source[source], judge.verdicts[source]


def prove_mutants(tried: Trials, found: Iterable[tuple[Trial, Verdict]]) -> dict[str, Mutation]:
    """The verdicts put together, by function. A helper's mutants count with the first function
    that uses it."""
    order = {trial.mutant.source: number for number, trial in enumerate(tried.trials)}
    pairs = sorted(found, key=lambda pair: order[pair[0].mutant.source])
    first = tried.topic.tasks[0].function
    known = {task.function: Mutation(tried.topic.name, task.function) for task in tried.topic.tasks}
    for trial, verdict in pairs:
        function = trial.judges[0] if trial.judges else first
        known[function] = _counted(known[function], trial, verdict)
    for function, entry in tried.strangers:
        told = (
            f"task.py:{entry.line}: no mutant is {_change(entry.old, entry.new)}, or it is listed "
            "twice. Take the entry off, or copy one from a survivor's line."
        )
        known[function] = _complaining(known[function], told)
    return known


def _counted(known: Mutation, trial: Trial, verdict: Verdict) -> Mutation:
    mutant, entry = trial.mutant, trial.listed
    told = f"{mutant.kind}: {_change(mutant.old, mutant.new)}"
    if verdict is Verdict.BROKEN:
        return _complaining(known, f"solution.py:{mutant.line}: grader error: {told}")
    if verdict is Verdict.KILLED:
        known = replace(known, killed=known.killed + 1)
        if entry is None:
            return known
        return _complaining(
            known, f"task.py:{entry.line}: listed as equivalent, and killed: {told}. Take it off."
        )
    if entry is not None:
        return replace(known, equivalent=known.equivalent + 1)
    known = replace(known, survived=known.survived + 1)
    if not trial.judges:
        unused = f"no graded function uses {mutant.scope}: {told}"
        return _complaining(known, f"solution.py:{mutant.line}: survived: {unused}")
    listing = f'{trial.judges[0]}.equivalent("why", {mutant.old!r}, {mutant.new!r})'
    return _complaining(
        known,
        f"solution.py:{mutant.line}: survived: {told}. Add a case that tells them apart, or list "
        f"it: {listing}",
    )


def _complaining(known: Mutation, complaint: str) -> Mutation:
    return replace(known, complaints=(*known.complaints, complaint))


def _change(old: str, new: str) -> str:
    """Both texts on one line."""
    one, other = " ".join(old.split()), " ".join(new.split())
    return f"`{one}` -> `{other}`"


@dataclass(frozen=True, slots=True)
class _Judge:
    """What is right for a topic, and the verdicts so far, by a mutant's source."""

    topic: Topic
    baseline: Baseline
    trials: Mapping[str, Trial]
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def rounds(self, trial: Trial) -> Iterator[tuple[Call, ...]]:
        """The calls of the first round, then of the others."""
        each = [
            _rounds(self.topic.task(name), self.baseline.functions[name]) for name in trial.judges
        ]
        for calls in zip_longest(*each):
            yield tuple(call for call in calls if call is not None)

    def verdict(self, calls: tuple[Call, ...], observation: Observation) -> Verdict:
        """What one round says of a mutant."""
        outcomes = [
            observation.outcome(call.function, case.name) for call in calls for case in call.cases
        ]
        if any(isinstance(outcome, Broken) for outcome in outcomes):
            return Verdict.BROKEN
        if all(self._holds(call, observation) for call in calls):
            return Verdict.SURVIVED
        return Verdict.KILLED

    def _holds(self, call: Call, observation: Observation) -> bool:
        """Whether every check holds in the cases of a call."""
        outcomes = {case.name: observation.outcome(call.function, case.name) for case in call.cases}
        task, known = self.topic.task(call.function), self.baseline.functions[call.function]
        return next(failures(task, known, outcomes), None) is None


@dataclass(frozen=True, slots=True)
class _Judging:
    """A runner that takes a mutant's job through the rounds until a check fails."""

    judge: _Judge
    runner: Runner

    def run(self, job: Job) -> Observation:
        observation, verdict = Observation(job.topic), Verdict.SURVIVED
        for calls in self.judge.rounds(self.judge.trials[job.source]):
            observation = self._run(replace(job, calls=calls))
            verdict = self.judge.verdict(calls, observation)
            if verdict is not Verdict.SURVIVED:
                break
        self.judge.verdicts[job.source] = verdict
        return observation

    def _run(self, job: Job) -> Observation:
        """One round. What runs out of time does so twice, or it is the machine that was busy."""
        observation = self.runner.run(job)
        slow = next(_timed_out(job, observation), None)
        if slow is None or next(_timed_out(slow, self.runner.run(slow)), None) is not None:
            return observation
        return self.runner.run(replace(job, calls=tuple(map(_patient, job.calls))))


def _timed_out(job: Job, observation: Observation) -> Iterator[Job]:
    """The cases that ran out of time, each as a job of its own that gives it more."""
    for call in job.calls:
        for case in call.cases:
            outcome = observation.outcome(call.function, case.name)
            if isinstance(outcome, Died) and outcome.reason == "timeout":
                yield replace(job, calls=(_patient(replace(call, cases=(case,))),))


def _patient(call: Call) -> Call:
    return replace(call, limits=replace(call.limits, wall=_MORE * call.limits.wall))


def _rounds(task: Task, known: FunctionBaseline) -> Iterator[Call]:
    """The call on the first few cases, on a few more, and on all others that a check is about."""
    asked = [list(cases_of(check, task, known)) for check in task.checks]
    lead = dict.fromkeys(cases[0].name for cases in asked if cases)
    names = [*lead, *dict.fromkeys(case.name for cases in asked for case in cases)]
    by_name = {case.name: case for case in task.cases}
    cases = [by_name[name] for name in dict.fromkeys(names)]
    start = 0
    for size in (_LEAD, _SECOND, len(cases)):
        part = tuple(cases[start : start + size])
        if part:
            limits = _limits(task, known, part)
            yield replace(call_of(task), cases=part, limits=limits)
        start += size


def _limits(task: Task, known: FunctionBaseline, cases: Iterable[Case]) -> Limits:
    """The task's, with less time. A power of two, so that the job stays the same job when the
    reference took a little longer the next time."""
    wanted = [known.wanted[case.name] for case in cases]
    usual = max((one.wall for one in wanted if isinstance(one, Returned)), default=0.0)
    patience = max(_LEAST_WALL, _PATIENCE * usual)
    return replace(task.limits, wall=min(task.limits.wall, 2.0 ** math.ceil(math.log2(patience))))


def _sampled(topic: Topic, every: list[Trial], sample: float | None) -> Iterator[Trial]:
    if sample is None:
        yield from every
        return
    by_function: dict[str, list[Trial]] = {}
    for trial in every:
        by_function.setdefault(trial.judges[0] if trial.judges else "", []).append(trial)
    for function, found in by_function.items():
        number = int(sample) if sample >= 1 else math.ceil(sample * len(found))
        drawn = Random(f"{function} {topic.reference} {topic.probes}").sample(
            range(len(found)), len(found)
        )
        yield from (found[index] for index in sorted(drawn[:number]))


def _tree(source: str) -> str:
    return ast.dump(ast.parse(source))
