"""Grades one submission, or a class of them on this machine.

In: submissions, the assignment, its baselines and runners. Out: grades, one after another, in the
order in which they get done. A submission that cannot be read, or whose job the sandbox could not
do, is one grade like the others: the class goes on.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from grader.classroom import Opener, work_through
from grader.judge import Excused, JudgeFunction, excuse, excused, judge_function, judge_topic
from grader.model import (
    Assignment,
    Baseline,
    Broken,
    Call,
    Grade,
    Job,
    Observation,
    Source,
    Submission,
    Topic,
    TopicGrade,
)
from grader.plan import doubled_call, plan
from grader.sandbox import NoRunnerError, Runner, SandboxError
from grader.store import StoreError


@dataclass(frozen=True, slots=True)
class Course:
    """What a submission is graded against. ``versions`` and ``seed`` go into the result;
    ``judge`` judges one function, ``excused`` whether its only fault is a sibling's."""

    assignment: Assignment
    baselines: Mapping[str, Baseline]
    versions: tuple[tuple[str, str], ...] = ()
    seed: str = ""
    isolate: bool = False
    judge: JudgeFunction = judge_function
    excused: Excused = excused


def grade_submission(submission: Submission, course: Course, runner: Runner) -> Grade:
    """One submission's grade. Nothing that the submission does raises here."""
    topics = tuple(
        _grade_topic(topic, submission, course, runner) for topic in course.assignment.topics
    )
    return Grade(
        submission.name,
        topics,
        submission.problem,
        submission.notes,
        course.versions,
        course.seed,
    )


def jobs_of(submission: Submission, course: Course) -> Iterator[Job]:
    """What ``grade_submission`` is going to run of it, if nothing else has to run besides."""
    for topic in course.assignment.topics:
        job = _job(topic, submission.sources.get(topic.name), course.isolate)
        if job is not None:
            yield job


def _grade_topic(
    topic: Topic, submission: Submission, course: Course, runner: Runner
) -> TopicGrade:
    source = submission.sources.get(topic.name)
    baseline = course.baselines[topic.name]
    observation = observe(topic, source, runner, course.isolate)
    try:
        known = source or unread(submission, topic)
        grade = judge_topic(topic, baseline, observation, known, course.judge)
        if source is None or observation is None:
            return grade
        return grade_siblings(topic, grade, baseline, source, runner, course.excused)
    except (NoRunnerError, StoreError):
        raise  # the command's end, and no matter of this submission
    except Exception:
        # Judging is ours: what it stumbles over in one submission must not end the class.
        fault = f"the judge failed: {traceback.format_exc()[-4000:]}"
        return judge_topic(topic, baseline, _all_broken(topic, fault), source)


def grade_siblings(
    topic: Topic,
    grade: TopicGrade,
    baseline: Baseline,
    source: Source,
    runner: Runner,
    is_excused: Excused = excused,
) -> TopicGrade:
    """The same grade, without what counts twice: a function that fails, and that may be built on
    siblings which fail too, runs once more with stand-ins in their place."""
    failing = {one.function for one in grade.functions if one.score < one.max_score}
    functions = []
    for one in grade.functions:
        task = topic.task(one.function)
        known = baseline.functions[one.function]
        replaceable = {name for doubles in known.doubled for name in doubles}
        doubles = tuple(name for name in task.needs if name in failing and name in replaceable)
        if one.function in failing and known.doubled.get(doubles):
            observation = observe(topic, source, runner, calls=(doubled_call(task, doubles),))
            if observation is not None and is_excused(task, known, observation, doubles):
                one = excuse(one, doubles)
        functions.append(one)
    return replace(grade, functions=tuple(functions))


def observe(
    topic: Topic,
    source: Source | None,
    runner: Runner,
    isolate: bool = False,
    calls: tuple[Call, ...] = (),
) -> Observation | None:
    """What the source does; ``None`` when there is nothing to run. A failure of the sandbox is an
    observation too: a ``Broken`` one, which costs the student nothing."""
    job = _job(topic, source, isolate)
    if job is None:
        return None
    job = replace(job, calls=calls) if calls else job
    try:
        return runner.run(job)
    except SandboxError as error:
        return _all_broken(topic, str(error))


def _job(topic: Topic, source: Source | None, isolate: bool) -> Job | None:
    if source is None or source.problem:
        return None
    return plan(topic, source.text, source.file, isolate=isolate)


def _all_broken(topic: Topic, fault: str) -> Observation:
    """What there is to see when the grader itself has failed."""
    outcomes = {
        task.function: {case.name: Broken(fault) for case in task.cases} for task in topic.tasks
    }
    return Observation(topic.name, outcomes)


def unread(submission: Submission, topic: Topic) -> Source | None:
    """A submission that could not be read as a whole says so in every topic."""
    if not submission.problem:
        return None
    return Source(topic.name, submission.name, problem=submission.problem)


def grade_class(
    submissions: Iterable[Submission], course: Course, open_runner: Opener, slots: int
) -> Iterator[Grade]:
    """Grades as they get done, ``slots`` at a time, each slot with a runner of its own. Raises what
    a slot raises, when a runner cannot even be opened."""

    def work(submission: Submission, runner: Runner) -> Grade:
        return grade_submission(submission, course, runner)

    return work_through(submissions, open_runner, slots, work)
