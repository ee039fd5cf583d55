"""Runs what was never run before, and takes the rest from the store.

In: jobs, a runner and a ``Store``. Out: observations. Each function of a job has a key of its own,
so that a changed case runs again the one function that it belongs to. Equal sources run once, even
when two slots hold them at the same time. An attempt is recorded before its launch; what the
grader itself broke is never kept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from grader.fair import Gate, run_fairly
from grader.helping import Offers
from grader.keys import Keys
from grader.model import Broken, Call, CallKey, CallRecord, Job, Observation, Outcome
from grader.sandbox import GivenUpError, Runner, SandboxError
from grader.store import Recalled, Store

_TRIES = 2


@dataclass(slots=True)
class Flights:
    """Which keys are being run now: who wants one of them waits for its end."""

    _held: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def held(self, digests: Sequence[str]) -> Iterator[None]:
        """All of them at once or none, so that no two can wait for each other."""
        with self._changed:
            self._changed.wait_for(lambda: self._held.isdisjoint(digests))
            self._held.update(digests)
        try:
            yield
        finally:
            with self._changed:
                self._held.difference_update(digests)
                self._changed.notify_all()


@dataclass(slots=True)
class Planned:
    """A submission's job, the key of each of its calls by its digest, in their order, and what is
    known of them by the same."""

    submission: str
    job: Job
    keys: Mapping[str, CallKey]
    known: dict[str, Recalled] = field(default_factory=dict)

    def missing(self) -> list[str]:
        """What nobody has run yet."""
        return [digest for digest in self.keys if digest not in self.known]


@dataclass(slots=True)
class Execution:
    """What all slots of a run share. ``here``: the jobs run on this machine; what other machines
    have to do cannot be told from here, so that there each worker sees to it."""

    store: Store
    keys: Keys
    here: bool = True
    _gate: Gate = field(default_factory=Gate)
    _flights: Flights = field(default_factory=Flights)
    _offers: Offers[Planned] = field(default_factory=Offers)

    def runner(self, runner: Runner, submission: str) -> Recalling:
        """``runner``, for one submission's jobs, asked only for what nobody has run yet."""
        return Recalling(self, runner, submission)

    def run(self, planned: Planned, runner: Runner) -> Observation:
        """What the job does, or did. Raises ``SandboxError``, and what the store raises."""
        self._complete(planned, runner)
        return joined(planned.job.topic, [planned.known[digest] for digest in planned.keys])

    def offer(self, several: Iterable[Planned]) -> None:
        """Lets others run what these jobs still have to run."""
        self._offers.offer(one for one in several if one.missing())

    def withdraw(self, several: Iterable[Planned]) -> None:
        """Nobody has to begin with these any more."""
        self._offers.withdraw(several)

    def assist(self, runner: Runner) -> bool:
        """Runs a job of a submission that another slot has in hand; ``False`` where there is none
        to run. Raises what the store raises. Where the sandbox fails it is as if nobody had tried:
        whose job it is runs it."""
        planned = self._offers.take()
        if planned is None:
            return False
        with suppress(SandboxError):
            self._complete(planned, runner)
        return True

    def _complete(self, planned: Planned, runner: Runner) -> None:
        """All that the job has to have run is known then. Another thread may be at the same."""
        if missing := planned.missing():
            with self._flights.held(missing):
                if unknown := planned.missing():
                    planned.known.update(self.store.recall(unknown))
                if planned.missing():
                    planned.known.update(self._executed(planned, runner))

    def _executed(self, planned: Planned, runner: Runner) -> dict[str, Recalled]:
        wanted = set(planned.missing())
        keys = [key for digest, key in planned.keys.items() if digest in wanted]
        pairs = zip(planned.keys, planned.job.calls, strict=True)
        calls = tuple(call for digest, call in pairs if digest in wanted)
        job = replace(planned.job, calls=calls)
        for last in [False] * (_TRIES - 1) + [True]:
            attempt = self.store.begin(planned.submission, keys)
            try:
                observation = run_fairly(job, runner, self._gate, self.here)
            except SandboxError as error:
                self.store.fail(attempt, str(error))
                if last or isinstance(error, GivenUpError):
                    raise
            else:
                found = zip(keys, parted(observation, job.calls), strict=True)
                return self._settled(attempt, list(found))
        raise AssertionError("the last try returns or raises")

    def _settled(
        self, attempt: int, found: Sequence[tuple[CallKey, CallRecord]]
    ) -> dict[str, Recalled]:
        """What is sound is kept; the rest is for this run alone, and the next one tries again."""
        kept = [(key, record) for key, record in found if sound(record)]
        faults = [fault for _, record in found for fault in faults_of(record)]
        stored = self.store.settle(attempt, kept, "; ".join(dict.fromkeys(faults)))
        unkept = {key.digest: Recalled("", record) for key, record in found}
        return unkept | {key.digest: one for (key, _), one in zip(kept, stored, strict=True)}


@dataclass(slots=True)
class Recalling:
    """A runner that remembers. ``calls`` are the digests of all that it was asked for."""

    execution: Execution
    inner: Runner
    submission: str
    calls: set[str] = field(default_factory=set)
    _foreseen: dict[str, Planned] = field(default_factory=dict)

    def foresee(self, jobs: Iterable[Job]) -> None:
        """Asks for all that is known of these jobs, of a topic each, in one question to the store
        instead of one each."""
        several = [self._planned(job) for job in jobs]
        known = self.execution.store.recall([key for one in several for key in one.keys])
        for one in several:
            one.known.update((key, known[key]) for key in one.keys if key in known)
            self._foreseen[one.job.topic] = one
        self.execution.offer(several)

    def close(self) -> None:
        """What was foreseen and did not come is nobody's to run."""
        self.execution.withdraw(self._foreseen.values())

    def run(self, job: Job) -> Observation:
        planned = self._foreseen.pop(job.topic, None)
        if planned is not None:
            self.execution.withdraw([planned])
        if planned is None or planned.job != job:
            planned = self._planned(job)
            planned.known.update(self.execution.store.recall(planned.keys))
        self.calls.update(planned.keys)
        return self.execution.run(planned, self.inner)

    def _planned(self, job: Job) -> Planned:
        return Planned(
            self.submission, job, {key.digest: key for key in self.execution.keys.of(job)}
        )


def sound(record: CallRecord) -> bool:
    """Whether all of it is the code's own doing."""
    return not faults_of(record)


def faults_of(record: CallRecord) -> list[str]:
    """What the grader itself broke, in its words."""
    return [one.detail for one in record.outcomes.values() if isinstance(one, Broken)]


def parted(observation: Observation, calls: Sequence[Call]) -> list[CallRecord]:
    """The observation as a record for each call."""
    outcomes = [observation.outcomes.get(call.function, {}) for call in calls]
    walls = shared_out(observation.wall, [sum(map(_wall, one.values())) for one in outcomes])
    cpus = shared_out(observation.cpu, [sum(map(_cpu, one.values())) for one in outcomes])
    return [
        CallRecord(
            function=call.function,
            outcomes=one,
            layers=observation.layers,
            load_output=observation.load_output,
            stopped=observation.stopped,
            wall=wall,
            cpu=cpu,
        )
        for call, one, wall, cpu in zip(calls, outcomes, walls, cpus, strict=True)
    ]


def shared_out(whole: float, parts: Sequence[float]) -> list[float]:
    """The seconds of a job for each of its calls. What it took beyond its cases (to load the file,
    to come and go) is shared out evenly; all of it is, where the cases claim more than there was,
    as they do when one end is the end of all."""
    more = whole - sum(parts)
    if more < 0:
        return [whole / len(parts)] * len(parts)
    return [part + more / len(parts) for part in parts]


def joined(topic: str, known: Sequence[Recalled]) -> Observation:
    """The observation that these records are of. Where they are of several runs, the layers are
    those that held in all of them."""
    records = [one.record for one in known]
    layers = [one for one in records[0].layers if all(one in other.layers for other in records)]
    return Observation(
        topic,
        {record.function: record.outcomes for record in records},
        tuple(layers),
        next((one.load_output for one in records if one.load_output), ""),
        sum(one.wall for one in records),
        sum(one.cpu for one in records),
        tuple(dict.fromkeys(kind for one in records for kind in one.stopped)),
        {one.record.function: one.manifest for one in known if one.manifest},
    )


def _wall(outcome: Outcome) -> float:
    return 0.0 if isinstance(outcome, Broken) else outcome.wall


def _cpu(outcome: Outcome) -> float:
    return 0.0 if isinstance(outcome, Broken) else outcome.cpu
