"""The public part of an assignment: what a student may check alone.

In: an ``Assignment``. Out: one without hidden cases, and without what only those use: checks, and
functions and constants of the probes. The reference and the mistakes are still in it: they run on
what is left, and ``reduce`` takes them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from grader.model import Assignment, Case, Check, Task, Topic
from grader.needed import fixtures_of, needed_part
from grader.pack.patterns import patterns_of


def public_part(assignment: Assignment) -> Assignment:
    """Public cases, the checks that may speak about them, and the probes that they need."""
    return Assignment(tuple(map(_topic, assignment.topics)))


def _topic(topic: Topic) -> Topic:
    tasks = tuple(map(_task, topic.tasks))
    names = {name for task in tasks for name in _names(task)}
    return replace(topic, tasks=tasks, probes=needed_part(topic.probes, names))


def _task(task: Task) -> Task:
    cases = tuple(replace(case, line=0) for case in task.cases if case.public)
    checks = [check for check in (_check(check, cases) for check in task.checks) if check]
    return replace(task, cases=cases, checks=with_known_givens(checks))


def _check(check: Check, cases: tuple[Case, ...]) -> Check | None:
    """The check with its patterns spelt out as names: a pattern tells of hidden cases' names."""
    if not check.cases:
        return replace(check, line=0)
    named = [
        case.name
        for case in cases
        if any(fnmatchcase(case.name, pattern) for pattern in check.cases)
    ]
    return replace(check, cases=patterns_of(named), line=0) if named else None


def with_known_givens(checks: list[Check]) -> tuple[Check, ...]:
    """The checks, none of which hangs on one that is not among them."""
    names = {check.name for check in checks}
    return tuple(check if check.given in names else replace(check, given="") for check in checks)


def _names(task: Task) -> Iterator[str]:
    """The names that a task's public cases need of the probes."""
    if task.cases:
        yield task.probe
    yield from (f"double_{name}" for name in task.needs)
    yield from fixtures_of(task.cases)
