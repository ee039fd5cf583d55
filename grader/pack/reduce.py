"""From what staff run to what students may have.

In: the public part of an assignment, with its baselines. Out: a ``Pack``. Pure. All source goes:
the reference, the right solutions, the mistakes and the oracles. Of what they did, no line number,
no printed text and no time stays. A mistake that the public cases cannot tell goes too: its
sentence would tell what the hidden ones are about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from grader.applies import alike, cases_of, failures
from grader.baseline import baseline_jobs
from grader.model import (
    Assignment,
    Baseline,
    Broken,
    Died,
    FunctionBaseline,
    KnownMistake,
    Outcome,
    Raised,
    Returned,
    Task,
    Topic,
)
from grader.pack.errors import PackError
from grader.pack.pack import Pack, Versions
from grader.pack.public import with_known_givens
from grader.worker.jobs import dump_job

Outcomes = Mapping[str, Outcome]


def pack_of(
    assignment: Assignment, baselines: Mapping[str, Baseline], versions: Versions = ()
) -> Pack:
    """The pack of a public part. Raises ``PackError`` when an outcome is an accident of the
    sandbox's, which is no fingerprint of anything."""
    topics = {topic.name: _topic(topic, baselines[topic.name]) for topic in assignment.topics}
    return Pack(
        Assignment(tuple(topic for topic, _ in topics.values())),
        {name: baseline for name, (_, baseline) in topics.items()},
        versions,
        {topic.name: origin_of(topic) for topic in assignment.topics},
    )


def origin_of(topic: Topic) -> str:
    """A digest of everything that the topic's part of a pack is made from: the declaration of the
    public part, and each job that is run. It is opaque: who has not the reference, all mistakes
    and the oracles word by word cannot try guesses of one of them against it."""
    digest = hashlib.sha256()
    for task in topic.tasks:
        declared = (task.checks, task.needs, [mistake.sentence for mistake in task.mistakes])
        digest.update(repr((task.function, *declared)).encode())
    for job in baseline_jobs(topic):
        digest.update(hashlib.sha256(dump_job(job)).digest())
    return digest.hexdigest()


def _topic(topic: Topic, baseline: Baseline) -> tuple[Topic, Baseline]:
    known = {task.function: baseline.functions[task.function] for task in topic.tasks}
    tasks = tuple(_task(task, known[task.function]) for task in topic.tasks)
    functions = {task.function: _function(task, known[task.function]) for task in tasks}
    return Topic(topic.name, tasks, "", topic.probes), Baseline(topic.name, functions)


def _task(task: Task, known: FunctionBaseline) -> Task:
    checks = [check for check in task.checks if any(cases_of(check, task, known))]
    return Task(
        task.function,
        task.cases,
        with_known_givens(checks),
        (),
        task.parameters,
        task.probe,
        needs=task.needs,
        limits=task.limits,
    )


def _function(task: Task, known: FunctionBaseline) -> FunctionBaseline:
    wanted = {case: _bare(outcome, message=False) for case, outcome in known.wanted.items()}
    doubled = {
        doubles: tuple(_all_bare(way, message=False) for way in ways)
        for doubles, ways in known.doubled.items()
    }
    return FunctionBaseline(wanted, known.oracle, _fingerprints(task, known), doubled)


def _fingerprints(task: Task, known: FunctionBaseline) -> tuple[KnownMistake, ...]:
    """The mistakes that the public cases can tell from right code. Those that they cannot tell
    from one another are never named, so they have no sentence here; yet they must be known, for
    one of them may also look like a third."""
    asked = [(check, case.name) for check in task.checks for case in cases_of(check, task, known)]

    def are_alike(one: Outcomes, other: Outcomes) -> bool:
        return all(alike(check, one[case], other[case]) for check, case in asked)

    wrong = [mistake for mistake in known.mistakes if any(failures(task, known, mistake.outcomes))]
    found = []
    for mistake in wrong:
        others = (other.outcomes for other in wrong if other is not mistake)
        has_twin = any(are_alike(mistake.outcomes, other) for other in others)
        sentence = "" if has_twin else mistake.sentence
        found.append(KnownMistake(sentence, _all_bare(mistake.outcomes)))
    return tuple(found)


def _all_bare(outcomes: Outcomes, message: bool = True) -> Outcomes:
    return {case: _bare(outcome, message) for case, outcome in outcomes.items()}


def _bare(outcome: Outcome, message: bool = True) -> Outcome:
    """What a comparison needs of the outcome. The message of an exception is needed to tell two
    mistakes apart, not to know what is right."""
    if isinstance(outcome, Returned):
        return Returned(outcome.value)
    if isinstance(outcome, Raised):
        said = outcome.message if message else ""
        return Raised(outcome.type, said, outcome.classes, stage=outcome.stage)
    if isinstance(outcome, Died):
        return Died(outcome.reason, stage=outcome.stage)
    if isinstance(outcome, Broken):
        raise PackError(f"no pack was made: the grader failed meanwhile ({outcome.detail}). Retry.")
    raise TypeError(f"{type(outcome).__name__} is no outcome")
