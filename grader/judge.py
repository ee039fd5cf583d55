"""Observation and baseline to verdicts. Pure: nothing is run, read or written.

In: a topic's declaration, what is right (``Baseline``), what the student's code did
(``Observation``) and where its lines came from. Out: a ``TopicGrade``.
A check's points are earned when it holds in every case it applies to; each case then shows its
share. A case that the grader itself broke takes its share out of the maximum: it never costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from grader import stopped
from grader.applies import applies, cases_of, differences, holds
from grader.diagnose import known_mistake
from grader.model import (
    Baseline,
    Broken,
    Case,
    Check,
    CheckResult,
    Died,
    Difference,
    DrawnFrom,
    FunctionBaseline,
    FunctionGrade,
    Observation,
    Outcome,
    Raised,
    Raises,
    Returned,
    Same,
    Source,
    Status,
    Task,
    Topic,
    TopicGrade,
    Within,
)
from grader.words import Told, is_stub, of_died, of_differences, of_raised, unfinished_sibling

JudgeFunction: TypeAlias = Callable[[Task, FunctionBaseline, Observation, Source], FunctionGrade]
Excused: TypeAlias = Callable[[Task, FunctionBaseline, Observation, tuple[str, ...]], bool]


def judge_topic(
    topic: Topic,
    baseline: Baseline,
    observation: Observation | None,
    source: Source | None,
    judge: JudgeFunction | None = None,
) -> TopicGrade:
    """One topic's grade. ``observation`` is ``None`` when there was nothing to run; ``judge`` may
    stand in for ``judge_function``."""
    if source is None or observation is None:
        problem = source.problem if source is not None else ""
        functions = tuple(
            _unrun(task, baseline.functions[task.function], problem) for task in topic.tasks
        )
        return TopicGrade(topic.name, functions, source.file if source else "")
    judge = judge or judge_function
    functions = tuple(
        judge(task, baseline.functions[task.function], observation, source) for task in topic.tasks
    )
    told = {
        grade.function
        for grade in functions
        if any(stopped.STOPPED in check.message for check in grade.checks)
    }
    return TopicGrade(
        topic.name,
        functions,
        source.file,
        (*source.notes, *stopped.notes(observation, topic.tasks, told)),
        observation.layers,
        observation.wall,
        observation.cpu,
        tuple(stopped.staff_notes(observation, topic.tasks)),
    )


def excused(
    task: Task, baseline: FunctionBaseline, observation: Observation, doubles: tuple[str, ...]
) -> bool:
    """Whether the function is right by itself: with stand-ins for the siblings ``doubles``, it
    does what right code does with the same stand-ins."""
    outcomes = {case.name: observation.outcome(task.function, case.name) for case in task.cases}
    asked = [
        (_certain(check), case) for check in task.checks for case in cases_of(check, task, baseline)
    ]
    return any(
        all(
            applies(check, case, wanted[case.name])
            and holds(check, outcomes[case.name], wanted[case.name], baseline.answer(case.name))
            for check, case in asked
        )
        for wanted in baseline.doubled.get(doubles, ())
    )


def _certain(check: Check) -> Check:
    """The check for a call with stand-ins: they leave nothing to chance, so what an oracle judges
    otherwise is compared with what right code gave."""
    if isinstance(check.rule, Within | DrawnFrom):
        return replace(check, rule=Same(check.rule.path))
    return check


def excuse(grade: FunctionGrade, doubles: tuple[str, ...]) -> FunctionGrade:
    """Full marks for a function whose only fault is a sibling's: that one counts once, there."""
    names = " and ".join(f"`{name}`" for name in doubles)
    message = f"Right by itself: what differs comes from {names}, and is counted there, once."
    return replace(grade, checks=tuple(_excused(check, message) for check in grade.checks))


def _excused(result: CheckResult, message: str) -> CheckResult:
    if result.status is Status.GRADER_ERROR:
        return result
    told = CheckResult(
        result.check,
        result.case,
        result.public,
        Status.PASSED,
        result.max_score,
        result.max_score,
    )
    return told if result.status is Status.PASSED else replace(told, message=message)


def judge_function(
    task: Task, baseline: FunctionBaseline, observation: Observation, source: Source
) -> FunctionGrade:
    """One function's checks, case by case."""
    outcomes = {case.name: observation.outcome(task.function, case.name) for case in task.cases}
    contained = "none" not in observation.layers
    held = {
        (check.name, case.name): holds(
            check, outcomes[case.name], baseline.wanted[case.name], baseline.answer(case.name)
        )
        for check in task.checks
        for case in cases_of(check, task, baseline)
    }
    mistake = "" if all(held.values()) else _mistake(task, baseline, outcomes)
    judge = _Judge(task, baseline, outcomes, held, source, mistake, contained)
    results = {check.name: judge.check(check) for check in task.checks}
    return FunctionGrade(
        task.function,
        tuple(
            result
            for check in task.checks
            for result in _hanging(check, results[check.name], results.get(check.given, []))
        ),
    )


def _hanging(
    check: Check, results: list[CheckResult], given: list[CheckResult]
) -> list[CheckResult]:
    """The check's results, without points when the check that it hangs on is not earned."""
    if all(result.status in (Status.PASSED, Status.GRADER_ERROR) for result in given):
        return results
    message = f"Right here. The points need {check.given!r} too."
    return [_without_points(result, message) for result in results]


@dataclass(frozen=True, slots=True)
class _Judge:
    """One function's judging: what was asked, what came, which check ``held`` in which case, and
    the mistake that explains it."""

    task: Task
    baseline: FunctionBaseline
    outcomes: Mapping[str, Outcome]
    held: Mapping[tuple[str, str], bool]
    source: Source
    mistake: str
    contained: bool = True

    def check(self, check: Check) -> list[CheckResult]:
        cases = list(cases_of(check, self.task, self.baseline))
        results = [self._case(check, case, check.points / len(cases)) for case in cases]
        if isinstance(check.rule, Raises) and self._always_raises(check.rule.exception):
            results = [_refused_with_all_else(result) for result in results]
        if all(result.status in (Status.PASSED, Status.GRADER_ERROR) for result in results):
            return results
        message = f"Right here. The points need all {len(cases)} cases of this check."
        return [_without_points(result, message) for result in results]

    def _always_raises(self, exception: str) -> bool:
        """Whether the exception comes whatever is given: then it refuses nothing in particular."""
        others = [
            self.outcomes[name]
            for name, wanted in self.baseline.wanted.items()
            if isinstance(wanted, Returned)
        ]
        return bool(others) and all(
            isinstance(outcome, Raised) and exception in outcome.classes for outcome in others
        )

    def _case(self, check: Check, case: Case, points: float) -> CheckResult:
        outcome = self.outcomes[case.name]
        result = CheckResult(check.name, case.name, case.public, Status.PASSED, points, points)
        if isinstance(outcome, Broken):
            message = "The grader failed here; staff has been told. It costs you nothing."
            return replace(
                result,
                status=Status.GRADER_ERROR,
                score=0.0,
                max_score=0.0,
                message=message,
                staff=outcome.detail,
                category="grader error",
            )
        if self.held[check.name, case.name]:
            return result
        if is_stub(outcome, self.task):
            return _not_attempted(result)
        sibling = unfinished_sibling(outcome, self.task)
        if sibling:
            message = f"It needs `{sibling}`, which is not written yet."
            return replace(
                result,
                status=Status.BLOCKED,
                score=0.0,
                message=message,
                staff=message,
                category="blocked",
            )
        return self._failed(result, check, case, outcome)

    def _failed(
        self, result: CheckResult, check: Check, case: Case, outcome: Outcome
    ) -> CheckResult:
        told, difference = self._tell(check, case, outcome)
        said = stopped.sentence(stopped.of(outcome)) if case.public else ""
        return replace(
            result,
            status=Status.FAILED,
            score=0.0,
            message=f"{told.message} {said}".rstrip(),
            hint=check.hint,
            mistake=self.mistake,
            category=told.category,
            staff=told.staff,
            difference=difference,
            traceback=told.traceback,
            output="" if isinstance(outcome, Broken) else outcome.output,
        )

    def _tell(self, check: Check, case: Case, outcome: Outcome) -> tuple[Told, Difference | None]:
        if isinstance(outcome, Raised):
            return of_raised(outcome, case, self.task, self.source, self.contained), None
        if isinstance(outcome, Died):
            return of_died(outcome, case, self.task), None
        if not isinstance(outcome, Returned):
            raise TypeError(f"a failed case cannot be {type(outcome).__name__}")
        found = differences(
            check, outcome, self.baseline.wanted[case.name], self.baseline.answer(case.name)
        )
        return of_differences(found, case), found[0]


def _mistake(task: Task, baseline: FunctionBaseline, outcomes: Mapping[str, Outcome]) -> str:
    """The sentence of the known mistake that wrong code makes; empty for unknown code."""
    if any(isinstance(outcome, Broken) for outcome in outcomes.values()):
        return ""
    found = known_mistake(task, baseline, outcomes)
    return found.sentence if found else ""


def _without_points(result: CheckResult, message: str) -> CheckResult:
    """A case that is right here, and without its share for what is wrong elsewhere."""
    if result.status is not Status.PASSED or result.message:
        return result
    return replace(result, score=0.0, message=message)


def _refused_with_all_else(result: CheckResult) -> CheckResult:
    """A case that raises as it should, in a function that raises whatever it is given."""
    if result.status is not Status.PASSED:
        return result
    message = "It raises here as it should, but it raises in every other case too."
    return replace(
        result,
        status=Status.FAILED,
        score=0.0,
        message=message,
        staff=message,
        category="exception",
    )


def _not_attempted(result: CheckResult) -> CheckResult:
    return replace(
        result, status=Status.NOT_ATTEMPTED, score=0.0, message="Not written yet.", category="stub"
    )


def _unrun(task: Task, baseline: FunctionBaseline, problem: str) -> FunctionGrade:
    """A function of a topic that was not handed in, or whose file could not be read."""
    status = Status.FAILED if problem else Status.NOT_ATTEMPTED
    message = problem or "Not handed in."
    category = "unreadable" if problem else "missing"
    results = []
    for check in task.checks:
        cases = list(cases_of(check, task, baseline))
        results += [
            CheckResult(
                check.name,
                case.name,
                case.public,
                status,
                0.0,
                check.points / len(cases),
                message=message,
                category=category,
                staff=problem,
            )
            for case in cases
        ]
    return FunctionGrade(task.function, tuple(results))
