"""Grades one submission, or a class of them on this machine.

In: submissions, the assignment, its baselines and runners. Out: grades, one after another, in the
order in which they get done. A submission that cannot be read, or whose job the sandbox could not
do, is one grade like the others: the class goes on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from grader.judge import judge_topic
from grader.model import (
    Assignment,
    Baseline,
    Broken,
    Grade,
    Observation,
    Source,
    Submission,
    Topic,
)
from grader.plan import plan
from grader.sandbox import Runner, SandboxError


@dataclass(frozen=True, slots=True)
class Course:
    """What a submission is graded against. ``versions`` and ``seed`` go into the result."""

    assignment: Assignment
    baselines: Mapping[str, Baseline]
    versions: tuple[tuple[str, str], ...] = ()
    seed: str = ""
    isolate: bool = False


def grade_submission(submission: Submission, course: Course, runner: Runner) -> Grade:
    """One submission's grade. Nothing that the submission does raises here."""
    topics = tuple(
        judge_topic(
            topic,
            course.baselines[topic.name],
            observe(topic, source, runner, course.isolate),
            source or unread(submission, topic),
        )
        for topic in course.assignment.topics
        for source in [submission.sources.get(topic.name)]
    )
    return Grade(
        submission.name,
        topics,
        submission.problem,
        submission.notes,
        course.versions,
        course.seed,
    )


def observe(
    topic: Topic, source: Source | None, runner: Runner, isolate: bool = False
) -> Observation | None:
    """What the source does; ``None`` when there is nothing to run. A failure of the sandbox is an
    observation too: a ``Broken`` one, which costs the student nothing."""
    if source is None or source.problem:
        return None
    job = plan(topic, source.text, source.file, isolate=isolate)
    try:
        return runner.run(job)
    except SandboxError as error:
        outcomes = {
            call.function: {case.name: Broken(str(error)) for case in call.cases}
            for call in job.calls
        }
        return Observation(topic.name, outcomes)


def unread(submission: Submission, topic: Topic) -> Source | None:
    """A submission that could not be read as a whole says so in every topic."""
    if not submission.problem:
        return None
    return Source(topic.name, submission.name, problem=submission.problem)


Opener = Callable[[], AbstractContextManager[Runner]]


def grade_class(
    submissions: Iterable[Submission], course: Course, open_runner: Opener, slots: int
) -> Iterator[Grade]:
    """Grades as they get done, ``slots`` at a time, each slot with a runner of its own.

    Submissions are read as slots come free, so memory does not grow with the class. Raises what
    a slot raises, when a runner cannot even be opened.
    """
    todo: queue.Queue[Submission | None] = queue.Queue(maxsize=slots)
    done: queue.Queue[Grade | BaseException | None] = queue.Queue()
    stop = threading.Event()
    threads = [
        threading.Thread(target=_slot, args=(course, open_runner, todo, done), daemon=True)
        for _ in range(slots)
    ]
    feeder = threading.Thread(
        target=_feed, args=(submissions, todo, done, slots, stop), daemon=True
    )
    for thread in (*threads, feeder):
        thread.start()
    try:
        yield from _collect(done, slots)
    finally:
        stop.set()
        _release(todo)


def _slot(
    course: Course,
    open_runner: Opener,
    todo: queue.Queue[Submission | None],
    done: queue.Queue[Grade | BaseException | None],
) -> None:
    try:
        with open_runner() as runner:
            while (submission := todo.get()) is not None:
                done.put(grade_submission(submission, course, runner))
        done.put(None)
    except BaseException as error:
        done.put(error)


def _feed(
    submissions: Iterable[Submission],
    todo: queue.Queue[Submission | None],
    done: queue.Queue[Grade | BaseException | None],
    slots: int,
    stop: threading.Event,
) -> None:
    try:
        for submission in submissions:
            if stop.is_set():
                break
            todo.put(submission)
    except BaseException as error:
        done.put(error)
    for _ in range(slots):
        todo.put(None)


def _collect(done: queue.Queue[Grade | BaseException | None], slots: int) -> Iterator[Grade]:
    running = slots
    while running:
        item = done.get()
        if item is None:
            running -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item


def _release(todo: queue.Queue[Submission | None]) -> None:
    """Lets the feeder and the slots end when nobody collects any more."""
    while True:
        try:
            todo.get_nowait()
        except queue.Empty:
            return
