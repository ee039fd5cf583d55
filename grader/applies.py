"""Which checks speak about which cases, and what a rule says of an outcome.

In: a check, a case and the outcomes. Out: whether it applies; the differences it finds. This is
the one place that turns a rule into a verdict, for the judge and for the diagnosis alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from grader.compare import agrees, compare
from grader.model import (
    ArrayValue,
    Case,
    Check,
    DictValue,
    Difference,
    DrawnFrom,
    FunctionBaseline,
    ListValue,
    Missing,
    Outcome,
    Raised,
    Raises,
    Returned,
    Same,
    Task,
    Value,
    Within,
    at_path,
)
from grader.sampled import chances_of, choices_of, drawn_from, within


def applies(check: Check, case: Case, wanted: Outcome) -> bool:
    """Whether the check speaks about the case: by its name, and by what the reference did."""
    if check.cases and not any(fnmatchcase(case.name, pattern) for pattern in check.cases):
        return False
    if isinstance(check.rule, Raises):
        return isinstance(wanted, Raised) and check.rule.exception in wanted.classes
    if not isinstance(wanted, Returned):
        return False
    return not isinstance(at_path(wanted.value, check.rule.path), Missing)


def cases_of(check: Check, task: Task, baseline: FunctionBaseline) -> Iterator[Case]:
    """The cases that a check applies to, in order."""
    for case in task.cases:
        if applies(check, case, baseline.wanted[case.name]):
            yield case


def prove_answer(check: Check, answer: Value | Missing) -> None:
    """Raises ``LookupError`` when an oracle's answer is not what the check's rule needs of one."""
    if isinstance(check.rule, Within):
        choices_of(answer, check.rule)
    elif isinstance(check.rule, DrawnFrom):
        chances_of(answer, check.rule)


def differences(
    check: Check, got: Returned, wanted: Outcome, answer: Value | Missing
) -> tuple[Difference, ...]:
    """What the rule finds wrong with a value that came back."""
    rule = check.rule
    if isinstance(rule, Raises):
        message = f"it should raise `{rule.exception}`, and it returned"
        return (Difference("exception", message, want=rule.exception, got="a value"),)
    if isinstance(rule, Within):
        return within(got.value, answer, rule)
    if isinstance(rule, DrawnFrom):
        return drawn_from(got.value, answer, rule)
    if not isinstance(wanted, Returned):
        raise LookupError("the reference returned nothing to compare with")
    return compare(got.value, wanted.value, rule)


def holds(check: Check, got: Outcome, wanted: Outcome, answer: Value | Missing) -> bool:
    """Whether the outcome is what the check asks for."""
    if isinstance(check.rule, Raises):
        # A file that does not load raises too, and that earns nothing.
        if not isinstance(got, Raised) or got.stage != "call":
            return False
        return check.rule.exception in got.classes
    if not isinstance(got, Returned):
        return False
    if isinstance(check.rule, Same) and isinstance(wanted, Returned):
        return agrees(got.value, wanted.value, check.rule)
    return not differences(check, got, wanted, answer)


def failures(
    task: Task, baseline: FunctionBaseline, outcomes: Mapping[str, Outcome]
) -> Iterator[tuple[Check, Case]]:
    """The checks that do not hold, each with every case in which it does not; ``outcomes`` are
    those of all the task's cases or of some, by name."""
    for check in task.checks:
        for case in cases_of(check, task, baseline):
            if case.name in outcomes and not holds(
                check,
                outcomes[case.name],
                baseline.wanted[case.name],
                baseline.answer(case.name),
            ):
                yield check, case


def alike(check: Check, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are the same as far as the check looks at them."""
    if isinstance(one, Raised) or isinstance(other, Raised):
        if not (isinstance(one, Raised) and isinstance(other, Raised)):
            return False
        return _raise_of(one) == _raise_of(other)
    if not (isinstance(one, Returned) and isinstance(other, Returned)):
        return type(one) is type(other)
    path = "" if isinstance(check.rule, Raises) else check.rule.path
    rule = check.rule if isinstance(check.rule, Same) else Same(path)
    if isinstance(at_path(other.value, path), Missing):
        return isinstance(at_path(one.value, path), Missing)
    if rule.grad == "none":
        # Two results that both carry a graph have the same fault: no reason to tell them apart.
        if _graphs(at_path(one.value, path)) != _graphs(at_path(other.value, path)):
            return False
        rule = replace(rule, grad="any")
    return agrees(one.value, other.value, rule)


def _graphs(value: Value | Missing) -> tuple[bool, ...]:
    """For each tensor of a value, whether it carries a gradient graph."""
    if isinstance(value, ArrayValue):
        return (value.requires_grad,)
    if isinstance(value, ListValue):
        return tuple(flag for item in value.items for flag in _graphs(item))
    if isinstance(value, DictValue):
        return tuple(flag for _, item in value.items for flag in _graphs(item))
    return ()


def _raise_of(raised: Raised) -> tuple[str, str, str]:
    """What an exception says, without addresses, sizes and the names of temporary folders: one
    class has many causes."""
    message = re.sub(r"(/[\w.-]+)+|0x[0-9a-f]+|\d+", "#", raised.message)
    return raised.type, raised.stage, message
