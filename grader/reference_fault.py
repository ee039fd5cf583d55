"""What is wrong with a topic that its reference does not run, or that a check cannot judge.

In: a topic, a task, and a case or a check. Out: a sentence for staff with file and line.
"""

from __future__ import annotations

from grader.model import Broken, Case, Check, Died, Fixture, Outcome, Raised, Raises, Task, Topic
from grader.words import of_died

_INPUTS = 300  # characters that are shown of a case's inputs


def of_case(topic: Topic, task: Task, case: Case, outcome: Outcome) -> str:
    """The reference did not return on the case, and no check asks it to raise that."""
    if isinstance(outcome, Raised) and outcome.stage == "load":
        line = f":{outcome.frames[-1].line}" if outcome.frames else ""
        return (
            f"reference/{topic.name}/solution.py{line}: the reference does not load: "
            f"{_exception(outcome)}"
        )
    place = f"reference/{topic.name}/task.py:{case.line}"
    return (
        f"{place}: the case {case.name!r} of {task.function}: {_told(task, case, outcome)}\n"
        f"  inputs: {_shown_inputs(case)}"
    )


def of_oracle(topic: Topic, task: Task, case: Case) -> str:
    """The oracle gave nothing."""
    return (
        f"reference/{topic.name}/task.py:{case.line}: the case {case.name!r} of {task.function}: "
        f"the oracle {task.oracle} gave no answer; it has to return a dict\n"
        f"  inputs: {_shown_inputs(case)}"
    )


def of_check(topic: Topic, task: Task, check: Check) -> str:
    """The check applies to no case."""
    if isinstance(check.rule, Raises):
        why = f"in no case does the reference raise {check.rule.exception}: add such a case"
    elif check.rule.path:
        why = f"no case's result has a {check.rule.path!r}: mend the path, or what is returned"
    else:
        why = "in no case does the reference return: add such a case"
    if check.cases:
        why += f". It looks at the cases {', '.join(map(repr, check.cases))} alone"
    return (
        f"reference/{topic.name}/task.py:{check.line}: the check {check.name!r} of "
        f"{task.function} applies to no case: {why}"
    )


def _told(task: Task, case: Case, outcome: Outcome) -> str:
    if isinstance(outcome, Died):
        return f"the reference does not come back. {of_died(outcome, case, task).staff}"
    if not isinstance(outcome, Raised):
        return f"it could not be run: {outcome.detail if isinstance(outcome, Broken) else outcome}"
    told = _exception(outcome)
    if outcome.stage == "inputs":
        return f"the inputs cannot be made: {told}"
    if outcome.stage == "signature":
        return f"the reference does not take the inputs: {told}"
    if outcome.stage == "result":
        return f"what the reference gives cannot be sent: {told}"
    if outcome.stage == "lookup":
        return f"the reference cannot be called: {told}"
    asked = f'check(..., raises("{outcome.type}"), points=...)'
    return (
        f"the reference raises {told} ({_where(task, outcome)}). Mend it or the case; if it is to "
        f"raise this, ask for it: {asked}"
    )


def _where(task: Task, raised: Raised) -> str:
    if raised.frames:
        return f"solution.py:{raised.frames[-1].line}"
    others = [f"the probe {task.probe}"] if task.probe else []
    others += [f"the oracle {task.oracle}"] if task.oracle else []
    return f"in {' or '.join(others)}" if others else "outside of solution.py"


def _exception(raised: Raised) -> str:
    return f"{raised.type}: {raised.message}" if raised.message else raised.type


def _shown_inputs(case: Case) -> str:
    """As one would write them in ``task.py``, cut short."""
    text = ", ".join(f"{name}={_shown(value)}" for name, value in case.inputs.items())
    return text if len(text) <= _INPUTS else f"{text[:_INPUTS]}…"


def _shown(value: object) -> str:
    if isinstance(value, Fixture):
        given = ", ".join(f"{name}={_shown(item)}" for name, item in value.arguments.items())
        return f"{value.name}({given})"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_shown(item)}' for key, item in value.items())}}}"
    return repr(value)
