"""What is right: the reference, and every known mistake, through the same sandbox.

In: a topic and a runner. Out: its ``Baseline``. ``Remembering`` keeps what was run before by the
hash of the job and of everything it depends on, so that a baseline is made once, not once a run.
"""

from __future__ import annotations

import hashlib
import os
import queue
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.applies import cases_of
from grader.archive import dump_observation, load_observation
from grader.fair import Gate, run_fairly
from grader.model import (
    Assignment,
    Baseline,
    DictValue,
    FunctionBaseline,
    Job,
    KnownMistake,
    Missing,
    Observation,
    Outcome,
    Raised,
    Raises,
    Returned,
    Task,
    Topic,
    Value,
)
from grader.plan import call_of, doubled_call, mentions, plan, stand_ins
from grader.reference_fault import of_case, of_check, of_oracle
from grader.sandbox import Runner, SandboxError
from grader.whole import write_whole
from grader.worker.decode import FrameError
from grader.worker.jobs import dump_job


class BaselineError(Exception):
    """Staff's fault: the reference does not run on a case, or a check judges none. The message
    names the line of ``task.py``."""


@dataclass(frozen=True, slots=True)
class Remembering:
    """A runner that asks ``runner`` only for jobs it has not seen. For the reference and its
    mistakes alone: staff's code does the same every time, a student's may not.

    ``version`` names everything else the outcome depends on (Python, torch, the model cache, ...).
    Who shares ``gate`` gets out of the way of what has to be tried again alone.
    """

    runner: Runner
    folder: Path
    version: str
    gate: Gate = field(default_factory=Gate)

    def knows(self, job: Job) -> bool:
        """Whether it has been run before, and need not be."""
        return self._file(job).exists()

    def run(self, job: Job) -> Observation:
        file = self._file(job)
        try:
            found = load_observation(file.read_bytes())
            os.utime(file)  # what is asked for stays
            return found
        except (OSError, FrameError):
            observation = run_fairly(job, self.runner, self.gate)
        if not _has_faults(observation):
            write_whole(file, dump_observation(observation))
        return observation

    def _file(self, job: Job) -> Path:
        key = hashlib.sha256(self.version.encode() + b"\0" + dump_job(job)).hexdigest()
        return self.folder / f"{job.topic}-{key[:32]}.bin"


def forget_old(folder: Path, days: float = 30.0) -> int:
    """Removes what nobody has asked for in so many days; how many files that were."""
    before = time.time() - days * 86_400
    gone = 0
    for file in folder.glob("*.bin"):
        with suppress(OSError):  # another grader may have removed it
            if file.stat().st_mtime < before:
                file.unlink()
                gone += 1
    return gone


Opener = Callable[[], AbstractContextManager[Runner]]
OpenRemembering = Callable[[], AbstractContextManager[Remembering]]


def baselines(
    assignment: Assignment, open_runner: OpenRemembering, slots: int = 1, whole: bool = True
) -> dict[str, Baseline]:
    """Every topic's baseline. What no runner remembers is run, ``slots`` at a time, and then all is
    put together. ``whole`` is false for a part of the cases, of which some checks may have none.
    Raises ``BaselineError``."""
    jobs = [job for topic in assignment.topics for job in baseline_jobs(topic)]
    with open_runner() as runner:
        new = [job for job in jobs if not runner.knows(job)]
    for _ in run_all(new, open_runner, slots):
        pass
    with open_runner() as runner:
        return {
            topic.name: topic_baseline(topic, runner, whole=whole) for topic in assignment.topics
        }


def baseline_jobs(topic: Topic) -> Iterator[Job]:
    """All that ``topic_baseline`` will ask for."""
    yield reference_job(topic)
    for task in topic.tasks:
        yield from doubled_jobs(topic, task)
        for mistake in task.mistakes:
            yield mistake_job(topic, task, mistake.source)


def run_all(jobs: Iterable[Job], open_runner: Opener, slots: int) -> Iterator[Observation]:
    """Observations of the jobs as they get done, ``slots`` at a time. Raises what a runner does."""
    todo: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        todo.put(job)

    def work() -> None:
        with open_runner() as runner:
            while True:
                try:
                    job = todo.get_nowait()
                except queue.Empty:
                    return
                done.put(runner.run(job))

    done: queue.SimpleQueue[Observation] = queue.SimpleQueue()
    number = todo.qsize()
    with ThreadPoolExecutor(max_workers=slots) as pool:
        workers = [pool.submit(work) for _ in range(min(slots, max(1, number)))]
        for _ in range(number):
            yield _next(done, workers)
        for worker in workers:
            worker.result()


def _next(done: queue.SimpleQueue[Observation], workers: list[Future[None]]) -> Observation:
    while True:
        try:
            return done.get(timeout=0.2)
        except queue.Empty:
            for worker in workers:
                if worker.done():
                    worker.result()
            if all(worker.done() for worker in workers) and done.empty():
                raise SandboxError("the runners ended before all jobs were done") from None


def topic_baseline(
    topic: Topic, runner: Runner, mistakes: bool = True, whole: bool = True
) -> Baseline:
    """What the reference does on every case, and what each mistake does on its function's; the
    reference alone without ``mistakes``."""
    observation = runner.run(reference_job(topic))
    functions = {}
    for task in topic.tasks:
        wanted, oracle = _wanted(topic, task, observation)
        known = FunctionBaseline(wanted, oracle)
        if whole:
            _prove_checks(topic, task, known)
        functions[task.function] = replace(
            known,
            mistakes=tuple(_mistakes(topic, task, runner)) if mistakes else (),
            doubled=_doubled(topic, task, runner, known) if mistakes else {},
        )
    return Baseline(topic.name, functions)


def reference_job(topic: Topic) -> Job:
    """The reference on all cases, its oracles beside it."""
    calls = tuple(replace(call_of(task), oracle=task.oracle) for task in topic.tasks)
    return replace(plan(topic, topic.reference), calls=calls, oracles=topic.oracles)


def mistake_job(topic: Topic, task: Task, source: str) -> Job:
    """A mistaken reference on its function's cases."""
    return plan(topic, source, functions=[task.function])


def doubled_jobs(topic: Topic, task: Task) -> Iterator[Job]:
    """The reference and the right solutions, with stand-ins for siblings the task may call. Those
    that call none of them have nothing to say."""
    for doubles in stand_ins(topic, task):
        call = doubled_call(task, doubles)
        for source in (topic.reference, *topic.rights.values()):
            if any(mentions(name, source) for name in doubles):
                yield replace(plan(topic, source), calls=(call,))


def _doubled(
    topic: Topic, task: Task, runner: Runner, known: FunctionBaseline
) -> dict[tuple[str, ...], tuple[Mapping[str, Outcome], ...]]:
    """Each way in which right code behaves when siblings are stand-ins. A right solution that
    does not run with them does not use the siblings as one should; it says nothing here."""
    found: dict[tuple[str, ...], tuple[Mapping[str, Outcome], ...]] = {}
    for job in doubled_jobs(topic, task):
        outcomes = runner.run(job).outcomes.get(task.function, {})
        if _same_kinds(outcomes, known.wanted):
            doubles = job.calls[0].doubles
            found[doubles] = (*found.get(doubles, ()), outcomes)
    return found


def _same_kinds(outcomes: Mapping[str, Outcome], wanted: Mapping[str, Outcome]) -> bool:
    """Whether each case returns where the reference returns, and raises where it raises."""
    return outcomes.keys() == wanted.keys() and all(
        type(outcomes[case]) is type(wanted[case]) for case in wanted
    )


def _mistakes(topic: Topic, task: Task, runner: Runner) -> list[KnownMistake]:
    known = []
    for mistake in task.mistakes:
        observation = runner.run(mistake_job(topic, task, mistake.source))
        known.append(KnownMistake(mistake.sentence, observation.outcomes[task.function]))
    return known


def _wanted(
    topic: Topic, task: Task, observation: Observation
) -> tuple[dict[str, Outcome], dict[str, Value]]:
    wanted: dict[str, Outcome] = {}
    oracle: dict[str, Value] = {}
    for case in task.cases:
        outcome = observation.outcome(task.function, case.name)
        if isinstance(outcome, Raised) and _is_asked(task, outcome):
            wanted[case.name] = outcome
        elif not isinstance(outcome, Returned):
            raise BaselineError(of_case(topic, task, case, outcome))
        elif task.oracle and isinstance(outcome.value, DictValue):
            value, answer = outcome.value.get("value"), outcome.value.get("oracle")
            if isinstance(value, Missing) or isinstance(answer, Missing):
                raise BaselineError(of_oracle(topic, task, case))
            wanted[case.name], oracle[case.name] = replace(outcome, value=value), answer
        else:
            wanted[case.name] = outcome
    return wanted, oracle


def _is_asked(task: Task, raised: Raised) -> bool:
    """Whether a check asks for just this exception: any other is a fault of the reference."""
    rules = [check.rule for check in task.checks]
    asked = {rule.exception for rule in rules if isinstance(rule, Raises)}
    return raised.stage == "call" and not asked.isdisjoint(raised.classes)


def _prove_checks(topic: Topic, task: Task, baseline: FunctionBaseline) -> None:
    for check in task.checks:
        if not any(cases_of(check, task, baseline)):
            raise BaselineError(of_check(topic, task, check))


def _has_faults(observation: Observation) -> bool:
    """Whether to ask again next time: an accident of this machine is not worth keeping."""
    every = [outcome for cases in observation.outcomes.values() for outcome in cases.values()]
    return any(not isinstance(outcome, (Returned, Raised)) for outcome in every)
