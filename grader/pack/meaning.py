"""What the proven JSON of a pack means: tasks to run, and what is right for them.

In: forms, and the arrays they name. Out: a ``Topic`` without sources, and its ``Baseline``.
Raises ``ValueError`` where parts do not fit together, ``KeyError`` and ``TypeError`` for inputs
that are none, ``FrameError`` for values that are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from grader.applies import cases_of, prove_answer
from grader.model import (
    Baseline,
    Case,
    Check,
    DrawnFrom,
    FunctionBaseline,
    KnownMistake,
    Limits,
    Outcome,
    Raised,
    Raises,
    Returned,
    Rule,
    Same,
    Task,
    Tolerance,
    Topic,
    Value,
    Within,
)
from grader.pack.form import (
    CaseForm,
    CheckForm,
    FunctionForm,
    OutcomesForm,
    RuleForm,
    TaskForm,
    TopicForm,
)
from grader.pack.patterns import patterns_of
from grader.pack.values import Arrays, outcome_of, values_of
from grader.worker.jobs import load_input

_Item = TypeVar("_Item")


def topic_of(name: str, form: TopicForm) -> Topic:
    """The topic's declaration."""
    tasks = tuple(map(_task, form.tasks))
    _refuse_twice(task.function for task in tasks)
    return Topic(name, tasks, "", form.probes)


def baseline_of(topic: Topic, form: OutcomesForm, arrays: Arrays) -> Baseline:
    """What is right for the topic's cases, and what its mistakes do."""
    outcomes = [outcome_of(one, arrays) for one in form.outcomes]
    answers = values_of(form.answers, arrays)
    if set(form.functions) != {task.function for task in topic.tasks}:
        raise ValueError("outcomes are of other functions than the tasks")
    functions = {
        task.function: _function(task, form.functions[task.function], outcomes, answers)
        for task in topic.tasks
    }
    return Baseline(topic.name, functions)


def _task(form: TaskForm) -> Task:
    cases = tuple(map(_case, form.cases))
    _refuse_twice(case.name for case in cases)
    _refuse_twice(check.name for check in form.checks)
    return Task(
        form.function,
        cases,
        tuple(map(_check, form.checks)),
        (),
        tuple(form.parameters),
        form.probe,
        "",
        tuple(form.needs),
        Limits(**form.limits.model_dump()),
    )


def _case(form: CaseForm) -> Case:
    inputs = {name: load_input(value) for name, value in form.inputs.items()}
    return Case(form.name, inputs, True, form.seed)


def _check(form: CheckForm) -> Check:
    cases = patterns_of(form.cases)
    return Check(form.name, _rule(form.rule), form.points, form.hint, cases, form.given)


def _rule(form: RuleForm) -> Rule:
    if form.kind == "raises":
        return Raises(form.exception)
    if form.kind == "within":
        return Within(form.path, form.allowed)
    if form.kind == "drawn_from":
        return DrawnFrom(form.path, form.distribution, form.sigmas)
    tolerance = Tolerance(form.rtol, form.atol)
    return Same(
        form.path,
        tolerance,
        tuple(form.dims),
        form.dtype,
        form.grad,
        form.extra_keys,
        form.ordered,
    )


def _function(
    task: Task, form: FunctionForm, outcomes: list[Outcome], answers: list[Value]
) -> FunctionBaseline:
    def every(numbers: Mapping[str, int]) -> dict[str, Outcome]:
        if numbers.keys() != {case.name for case in task.cases}:
            raise ValueError(f"outcomes of {task.function} are of other cases than its own")
        return {case: _at(outcomes, number) for case, number in numbers.items()}

    known = FunctionBaseline(
        every(form.wanted),
        {case: _at(answers, number) for case, number in form.oracle.items()},
        tuple(KnownMistake(one.sentence, every(one.outcomes)) for one in form.mistakes),
        {tuple(one.doubles): tuple(map(every, one.ways)) for one in form.doubled},
    )
    _prove(task, known)
    return known


def _prove(task: Task, known: FunctionBaseline) -> None:
    """That the judge can work with it: the reference returned or raised, no check is idle, and what
    an oracle answered is what the check about it asks for."""
    if not all(isinstance(outcome, (Returned, Raised)) for outcome in known.wanted.values()):
        raise ValueError(f"nothing is right for a case of {task.function}")
    for check in task.checks:
        cases = list(cases_of(check, task, known))
        if not cases:
            raise ValueError(f"a check of {task.function} applies to no case")
        for case in cases:
            try:
                prove_answer(check, known.answer(case.name))
            except LookupError as error:
                raise ValueError(f"{error}, for a case of {task.function}") from None


def _at(items: Sequence[_Item], number: int) -> _Item:
    if not 0 <= number < len(items):
        raise ValueError(f"there is no outcome {number}")
    return items[number]


def _refuse_twice(names: Iterable[str]) -> None:
    listed = list(names)
    if len(set(listed)) != len(listed):
        raise ValueError("a name is there twice")
