"""Stub and trivial answers score nothing, reference and right solutions everything, mistakes lose.

In: an assignment and a runner. Out: a ``Proof`` for every function, with each complaint in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.baseline import baseline_jobs, mistake_job, topic_baseline
from grader.judge import judge_function
from grader.model import (
    Assignment,
    Baseline,
    Broken,
    FunctionBaseline,
    FunctionGrade,
    Job,
    Observation,
    Outcome,
    Raised,
    Source,
    Status,
    Task,
    Topic,
)
from grader.plan import plan
from grader.sandbox import Runner
from grader.spec import Measure, measures
from grader.stub import stub_of
from grader.verify.calibrate import LEAST_RATIO, has_tolerance
from grader.verify.order import reversed_job, same_outcomes
from grader.verify.trivial import BEFORE, not_tried, trivial_job, trivial_observations


@dataclass(frozen=True, slots=True)
class Proof:
    """One function's line of the table. It is proven when there is no complaint.

    ``named`` counts the mistakes that a student who makes them is told by their own sentence.
    ``ceiling`` and ``floor`` are those of the check where they lie closest together, as they were
    measured last (``None``: nothing here is compared with a tolerance, or nothing was measured).
    """

    topic: str
    function: str
    points: float
    cases: int
    public: int
    checks: int
    rights: int
    mistakes: int
    named: int
    ceiling: float | None = None
    floor: float | None = None
    complaints: tuple[str, ...] = ()


@dataclass(slots=True)
class _Notes:
    """Complaints about one function while it is being proven."""

    complaints: list[str] = field(default_factory=list)
    named: int = 0


def every_job(assignment: Assignment) -> Iterator[Job]:
    """All that ``verify`` will ask a runner for, so that it may be run before, in parallel."""
    for topic in assignment.topics:
        yield from baseline_jobs(topic)
        yield reversed_job(topic)
        for _, source, _ in _sources(topic):
            yield plan(topic, source)
        for task in topic.tasks:
            yield trivial_job(topic, task)


def verify(assignment: Assignment, reference: Path, runner: Runner) -> Iterator[Proof]:
    """Proves one function after another. ``reference`` is the folder of the topics."""
    for topic in assignment.topics:
        baseline = topic_baseline(topic, runner)
        notes = {task.function: _Notes() for task in topic.tasks}
        for name, source, full in _sources(topic):
            observation = runner.run(plan(topic, source))
            for task in topic.tasks:
                grade = _judge(task, baseline, observation, topic, source)
                notes[task.function].complaints += _score_complaints(name, grade, full)
        turned = runner.run(reversed_job(topic))
        for task in topic.tasks:
            wanted = baseline.functions[task.function].wanted
            notes[task.function].complaints += same_outcomes(task, wanted, turned)
            _prove_mistakes(topic, task, baseline, runner, notes[task.function])
            notes[task.function].complaints += _trivial_complaints(topic, task, baseline, runner)
            notes[task.function].complaints += _shape_complaints(task)
            measured = measures(reference / topic.name).get(task.function, {})
            known = baseline.functions[task.function]
            notes[task.function].complaints += _measure_complaints(task, known, measured)
            yield _proof(topic, task, notes[task.function], closest(measured.values()))


def _sources(topic: Topic) -> Iterator[tuple[str, str, bool]]:
    """(name, source, whether it should have full marks)."""
    yield "the stub", stub_of(topic), False
    yield "the reference", topic.reference, True
    for name, source in topic.rights.items():
        yield f"right/{name}.py", source, True


def _judge(
    task: Task, baseline: Baseline, observation: Observation, topic: Topic, source: str
) -> FunctionGrade:
    lines = Source(topic.name, "solution.py", source)
    return judge_function(task, baseline.functions[task.function], observation, lines)


def _score_complaints(name: str, grade: FunctionGrade, full: bool) -> Iterator[str]:
    wanted = grade.max_score if full else 0.0
    for check in grade.checks:
        if check.status is Status.GRADER_ERROR:
            yield f"{name}: grader error on {check.case!r}: {check.staff}"
            return
    if abs(grade.score - wanted) < 1e-9:
        return
    lost = [check for check in grade.checks if (check.status is Status.FAILED) == full]
    yield f"{name} scores {grade.score:g} of {grade.max_score:g}" + "".join(
        f"; {check.check!r} on {check.case!r}: {check.staff or check.status.value}"
        for check in lost[:2]
    )


def _prove_mistakes(
    topic: Topic, task: Task, baseline: Baseline, runner: Runner, notes: _Notes
) -> None:
    for mistake in task.mistakes:
        observation = runner.run(mistake_job(topic, task, mistake.source))
        grade = _judge(task, baseline, observation, topic, mistake.source)
        where = f"task.py:{mistake.line}"
        if any(isinstance(o, Broken) for o in observation.outcomes[task.function].values()):
            notes.complaints.append(f"{where}: grader error while running the mistake")
        elif all(check.status is Status.PASSED for check in grade.checks):
            notes.complaints.append(f"{where}: the mistake loses no points: {mistake.sentence!r}")
        elif _never_runs(observation.outcomes[task.function].values()):
            notes.complaints.append(
                f"{where}: the mistake never runs: every case ends in a name, a module or a file "
                "that is not there. Mend its code."
            )
        told = {check.mistake for check in grade.checks if check.mistake}
        notes.named += told == {mistake.sentence}


_UNINTENDED = ("NameError", "ModuleNotFoundError", "SyntaxError")


def _never_runs(outcomes: Iterable[Outcome]) -> bool:
    """Whether the code breaks down before it does what it was written for."""
    return all(
        isinstance(outcome, Raised)
        and (outcome.stage in ("load", "lookup") or not {*_UNINTENDED}.isdisjoint(outcome.classes))
        for outcome in outcomes
    )


def _trivial_complaints(
    topic: Topic, task: Task, baseline: Baseline, runner: Runner
) -> Iterator[str]:
    """Checks that give points to an answer that took no thought."""
    observation = runner.run(trivial_job(topic, task))
    wanted = baseline.functions[task.function].wanted
    failed = not_tried(task, observation)
    if failed:
        yield f"a trivial answer could not be tried: {failed}"
    for answer, alone in trivial_observations(task, observation, wanted):
        grade = _judge(task, baseline, alone, topic, "")
        given = {task.cases[0].name} if answer == BEFORE else set()
        for name in dict.fromkeys(check.check for check in grade.checks if check.score > 0):
            if {check.case for check in grade.checks if check.check == name} != given:
                yield f"{answer} earns the points of {name!r}"


def _shape_complaints(task: Task) -> Iterator[str]:
    if not any(case.public for case in task.cases):
        yield "it has no public case"
    if all(case.public for case in task.cases):
        yield "it has no hidden case"
    if len(task.mistakes) < 4:
        yield f"it has {len(task.mistakes)} mistakes, and needs four"


def _measure_complaints(
    task: Task, known: FunctionBaseline, measured: Mapping[str, Measure]
) -> Iterator[str]:
    """Tolerances that were guessed, and those whose noise and mistakes lie too close together."""
    for check in task.checks:
        measure = measured.get(check.name)
        if measure is None and has_tolerance(check, task, known):
            yield f"{check.name!r} has a tolerance that nobody measured: {_MEASURE}"
        elif measure is not None:
            floor = measure.floor or math.inf
            wide = floor / measure.ceiling >= LEAST_RATIO
            if not (wide and measure.ceiling < measure.tolerance < floor):
                yield f"{check.name!r}: noise and mistakes lie too close together: {_MEASURE}"


_MEASURE = "run `grader verify --calibrate TOPIC`"


def closest(measured: Iterable[Measure]) -> Measure | None:
    """The measure with the smallest room between noise and mistakes."""
    return min(measured, key=lambda one: (one.floor or math.inf) / one.ceiling, default=None)


def _proof(topic: Topic, task: Task, notes: _Notes, measured: Measure | None) -> Proof:
    complaints = notes.complaints
    if len(topic.rights) < 2:
        complaints = [*complaints, f"{topic.name} has {len(topic.rights)} right solutions of two"]
    return Proof(
        topic=topic.name,
        function=task.function,
        points=task.points,
        cases=len(task.cases),
        public=sum(case.public for case in task.cases),
        checks=len(task.checks),
        rights=len(topic.rights),
        mistakes=len(task.mistakes),
        named=notes.named,
        ceiling=measured.ceiling if measured else None,
        floor=measured.floor if measured else None,
        complaints=tuple(complaints),
    )
