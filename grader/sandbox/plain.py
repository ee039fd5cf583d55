"""The trusted side of plain processes: one fresh process a job, where no warm one can be had.

In: jobs. Out: observations, the same as from the sandbox for code that does no harm. Nothing is
contained: the code runs as the user who started the grader. But it is still only believed what can
be read as data, and its clock, what it prints and what it returns are bounded. After a death or a
time-out a further process goes on with the cases that are left.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from grader.course.location import environment
from grader.model import DEFAULT_LIMITS, Broken, Call, Case, Died, Job, Observation, Outcome
from grader.portable import processes
from grader.sandbox.attempt import Attempt
from grader.sandbox.environment import clean_environment
from grader.sandbox.outcomes import Ledger, bounded, dumps
from grader.sandbox.scratch import scratch_folder
from grader.sandbox.seam import SandboxError
from grader.worker.jobs import dump_cases, dump_job
from grader.worker.limits import MAX_DEATHS
from grader.worker.parts import ALL, parts_in

LAYERS = ("none",)
LOAD_WALL = 20.0
_START_WALL = 180.0
_COMMAND = (sys.executable, "-I", "-X", "utf8", "-c")
_BOOT = "from grader.worker import plain; plain.main()"

Place = tuple[int, int]  # of a call in the job, of a case in the call


@dataclass(slots=True)
class PlainSandbox:
    """Runs jobs without containment. ``home`` is the course cache; ``load_wall`` the seconds that a
    submission's own top level may take; ``variables`` what its environment has besides; ``parts``
    what each process imports of the libraries before it is timed, with what the job's source
    needs."""

    home: Path
    load_wall: float = LOAD_WALL
    variables: Mapping[str, str] = field(default_factory=dict)
    parts: frozenset[str] = ALL

    def __enter__(self) -> PlainSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Nothing is started before it is used."""

    def need(self, parts: frozenset[str]) -> None:
        """What the processes from here on import."""
        self.parts = parts

    def close(self) -> None:
        """Nothing is kept between jobs."""

    def layers(self) -> tuple[str, ...]:
        """The word for none."""
        return LAYERS

    def missing(self) -> tuple[tuple[str, str], ...]:
        """Why there is none."""
        return (("every layer", "code runs in a plain process"),)

    def run(self, job: Job) -> Observation:
        """Runs the job in as many processes as it takes. Raises ``SandboxError`` when none can be
        had."""
        began = time.monotonic()
        run = _Run(job)
        while run.todo:
            with self._started(job) as attempt:
                _go_on(run, attempt, self.load_wall)
        outcomes = run.ledger.finish(run.rest)
        return Observation(
            topic=job.topic,
            outcomes=outcomes,
            layers=LAYERS,
            load_output=run.load_output or "",
            wall=time.monotonic() - began,
            cpu=sum(_cpu(outcome) for cases in outcomes.values() for outcome in cases.values()),
        )

    @contextmanager
    def _started(self, job: Job) -> Iterator[Attempt]:
        variables = clean_environment({**environment(self.home), **self.variables})
        with scratch_folder(None) as folder:
            output = folder.with_name("output")
            with output.open("ab", 0) as writing, output.open("rb", 0) as reading:
                try:
                    parts = sorted(self.parts | parts_in([job.source]))
                    process = processes.start((*_COMMAND, _BOOT, *parts), variables, writing)
                except (OSError, processes.LeavingError) as error:
                    raise SandboxError(f"a process could not be started: {error}") from None
                attempt = Attempt(process, folder, reading, _most(job))
                try:
                    yield attempt
                finally:
                    attempt.close()


@dataclass(slots=True)
class _Run:
    """A job under way. ``todo`` are the cases that are left, every public one before any hidden
    one; ``rest`` is the outcome of those that are never come to."""

    job: Job
    ledger: Ledger = field(init=False)
    todo: list[Place] = field(init=False)
    rest: Outcome = field(default_factory=lambda: Died("ended"))
    load_output: str | None = None
    deaths: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.job)
        places = [
            (index, number)
            for index, call in enumerate(self.job.calls)
            for number in range(len(call.cases))
        ]
        self.todo = sorted(places, key=lambda place: not self.case(place).public)

    def call(self, place: Place) -> Call:
        return self.job.calls[place[0]]

    def case(self, place: Place) -> Case:
        return self.call(place).cases[place[1]]

    def answered(self, place: Place, said: Mapping[str, object], output: str, frame: bytes) -> None:
        """A case is done: what is said of it is taken in."""
        self.todo.remove(place)
        function = self.call(place).function
        own = {"function": function, "case": place[1], "output": output}
        self.ledger.take(dumps({**said, **own}), payload=partial(bounded, frame))
        # What made no sense is settled too: no later end can become this case's outcome.
        self.ledger.put(function, self.case(place).name, Died("ended"))

    def died(self, place: Place, death: Died) -> None:
        """A case ended its process; after the third of a function the rest is not tried."""
        self._put(place, death)
        self.deaths[place[0]] += 1
        if self.deaths[place[0]] >= MAX_DEATHS:
            for other in [one for one in self.todo if one[0] == place[0]]:
                self._put(other, Died("skipped"))

    def _put(self, place: Place, death: Died) -> None:
        self.todo.remove(place)
        self.ledger.put(self.call(place).function, self.case(place).name, death)

    def give_up(self, rest: Outcome) -> None:
        self.rest = rest
        self.todo.clear()


def _go_on(run: _Run, attempt: Attempt, load_wall: float) -> None:
    """Runs what is left in one process, until one of the cases ends it."""
    if not _load(run, attempt, load_wall):
        return
    while run.todo:
        if not _run_case(run, attempt, run.todo[0]) or run.job.isolate:
            return


def _load(run: _Run, attempt: Attempt, load_wall: float) -> bool:
    """Whether the submission was loaded; if not, that is the outcome of all cases that are left."""
    ledger = run.ledger
    ledger.stage = "start"
    heard = attempt.hear(_START_WALL, DEFAULT_LIMITS)
    if isinstance(heard, Died):
        raise SandboxError(f"a process did not start. It said last:\n{attempt.last_words()}")
    ledger.take(heard.header)
    bare = tuple(replace(call, cases=()) for call in run.job.calls)
    opening = {"scratch": str(attempt.folder), "load_wall": load_wall}
    attempt.tell(opening, dump_job(replace(run.job, calls=bare)))
    deadline = time.monotonic() + load_wall
    while ledger.stage in ("closed", "loading") and not (ledger.fault or ledger.load_failure):
        heard = attempt.hear(deadline - time.monotonic(), DEFAULT_LIMITS)
        if isinstance(heard, Died):
            run.give_up(_unloaded(ledger, heard, load_wall))
            return False
        if "function" not in heard.said():  # no case has begun: it can have no outcome
            ledger.take(heard.header)
    if run.load_output is None:
        run.load_output = attempt.printed()
    if ledger.stage != "loaded":
        run.give_up(Broken(ledger.fault or "the process did not begin"))
    return ledger.stage == "loaded"


def _unloaded(ledger: Ledger, death: Died, load_wall: float) -> Outcome:
    if ledger.stage == "closed":
        return Broken(f"the process ended before it began: {death.reason} {death.detail}")
    detail = f"{load_wall:g}" if death.reason == "timeout" else death.detail
    return replace(death, stage="load", detail=detail)


def _run_case(run: _Run, attempt: Attempt, place: Place) -> bool:
    """Whether the process is still there afterwards."""
    call, case = run.call(place), run.case(place)
    if not case.public:
        run.ledger.stage = "hidden"
    number = attempt.ask({"call": place[0]}, dump_cases({place[1]: case}))
    began = time.monotonic()
    while True:
        heard = attempt.hear(began + call.limits.wall - time.monotonic(), call.limits)
        if isinstance(heard, Died):
            run.died(place, replace(heard, wall=time.monotonic() - began))
            return False
        if heard.said().get("request") == number:
            run.answered(place, heard.said(), attempt.printed(), heard.frame)
            return True


def _most(job: Job) -> int:
    return max((call.limits.result for call in job.calls), default=DEFAULT_LIMITS.result)


def _cpu(outcome: Outcome) -> float:
    return 0.0 if isinstance(outcome, Broken) else outcome.cpu
