"""Fresh hidden inputs: the same code passes or fails whatever the secret seed is.

In: a topic under another seed, and what caught each mistake under the first. Out: a complaint for
each right solution that fails and each mistake that passes.

A mistake that loses points on a public case does so under every seed, since nothing of a public
case hangs on it. Of the others only one case is run again: the one that caught it, when the seed
leaves its inputs alone, else all hidden ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.applies import failures
from grader.baseline import mistake_job, topic_baseline
from grader.model import Baseline, Broken, Case, FunctionBaseline, Observation, Outcome, Task, Topic
from grader.plan import call_of, plan
from grader.sandbox import Runner

# For a function and the number of its mistake: the hidden case that caught it.
Caught = Mapping[tuple[str, int], Case]


def caught_by(topic: Topic, baseline: Baseline) -> dict[tuple[str, int], Case]:
    """The mistakes that every public case lets pass, each with a hidden case that does not."""
    found = {}
    for task in topic.tasks:
        known = baseline.functions[task.function]
        for number, mistake in enumerate(known.mistakes):
            failed = _failed(task, known, task.cases, mistake.outcomes)
            if failed and not any(case.public for case in failed):
                found[task.function, number] = failed[0]
    return found


def prove_under(
    topic: Topic, seed: str, caught: Caught, runner: Runner, turn: int | None = None
) -> Iterator[tuple[str, str]]:
    """(function, complaint) for ``topic``, which was loaded with ``seed``. With a ``turn`` only
    one right solution is tried, another one each turn."""
    baseline = topic_baseline(topic, runner, mistakes=False)
    names = sorted(topic.rights)
    for name in names if turn is None or not names else [names[turn % len(names)]]:
        observation = runner.run(plan(_hidden_part(topic), topic.rights[name]))
        for task in _hidden_part(topic).tasks:
            did = observation.outcomes.get(task.function, {})
            failed = _failed(task, baseline.functions[task.function], task.cases, did)
            if failed:
                what = f"right/{name}.py fails {failed[0].name!r}"
                yield task.function, f"{what} under the seed {seed!r}"
    for (function, number), case in caught.items():
        task = topic.task(function)
        if not _is_caught(topic, task, number, case, baseline, runner):
            line = task.mistakes[number].line
            yield function, f"task.py:{line}: the mistake passes under the seed {seed!r}"


def _is_caught(
    topic: Topic, task: Task, number: int, case: Case, baseline: Baseline, runner: Runner
) -> bool:
    same = [one for one in task.cases if (one.name, one.inputs) == (case.name, case.inputs)]
    cases = tuple(same or [one for one in task.cases if not one.public])
    job = mistake_job(topic, task, task.mistakes[number].source)
    observation = runner.run(replace(job, calls=(replace(call_of(task), cases=cases),)))
    did = observation.outcomes.get(task.function, {})
    if any(isinstance(outcome, Broken) for outcome in did.values()):
        return False
    return bool(_failed(task, baseline.functions[task.function], cases, did))


def _hidden_part(topic: Topic) -> Topic:
    """The topic with what a seed changes."""
    tasks = tuple(
        replace(task, cases=tuple(case for case in task.cases if not case.public))
        for task in topic.tasks
    )
    return replace(topic, tasks=tasks)


def _failed(
    task: Task, known: FunctionBaseline, cases: tuple[Case, ...], did: Mapping[str, Outcome]
) -> list[Case]:
    """The cases in which some check does not hold."""
    seen = Observation("", {task.function: did})
    outcomes = {case.name: seen.outcome(task.function, case.name) for case in cases}
    wrong = {case.name for _, case in failures(task, known, outcomes)}
    return [case for case in cases if case.name in wrong]
