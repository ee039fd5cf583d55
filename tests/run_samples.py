"""A small topic and runners that pretend, for tests of what is run and what is recalled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from grader.model import (
    Assignment,
    Baseline,
    Case,
    Check,
    FunctionBaseline,
    Job,
    KnownMistake,
    Mistake,
    Observation,
    Outcome,
    Returned,
    Same,
    Source,
    Submission,
    Task,
    Topic,
)

PROBES = (
    "import os\ndef look(call, inputs):\n    return call()\ndef other(call, inputs):\n    pass\n"
)
CASES = (Case("shown", {"x": 1}, public=True), Case("kept", {"x": 2}))
WRONG = {"shown": Returned(1), "kept": Returned(7)}


def task(name: str, probe: str = "", cases: tuple[Case, ...] = CASES) -> Task:
    checks = (Check("the value", Same(), 5.0, "Think."),)
    return Task(name, cases, checks, (Mistake("You forgot.", "x"),), ("x",), probe)


TOPIC = Topic("t", (task("f"), task("g", "look")), "reference", PROBES)
WANTED: dict[str, Outcome] = {"shown": Returned(1), "kept": Returned(2)}
KNOWN = FunctionBaseline(WANTED, mistakes=(KnownMistake("You forgot.", WRONG),))
ASSIGNMENT = Assignment((TOPIC,))
BASELINES = {"t": Baseline("t", {"f": KNOWN, "g": KNOWN})}


def right(job: Job) -> Observation:
    """Each function returns its case's input."""
    return Observation(
        job.topic,
        {
            call.function: {case.name: Returned(case.inputs["x"], wall=0.1) for case in call.cases}
            for call in job.calls
        },
        layers=("rlimits", "seccomp"),
        wall=1.0,
        cpu=0.5,
    )


def instead(observation: Observation, outcomes: Mapping[str, Outcome]) -> Observation:
    """The same, with these outcomes by function for its first case."""
    every = {
        function: {**cases, next(iter(cases)): outcomes.get(function, next(iter(cases.values())))}
        for function, cases in observation.outcomes.items()
    }
    return replace(observation, outcomes=every)


@dataclass(slots=True)
class Pretended:
    """A runner that does what ``does`` says; it keeps what it was asked. Threads may share it."""

    does: Callable[[Job], Observation] = right
    asked: list[Job] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, job: Job) -> Observation:
        with self.lock:
            self.asked.append(job)
        return self.does(job)

    @property
    def functions(self) -> list[tuple[str, ...]]:
        """Which functions each job asked for."""
        return [tuple(call.function for call in job.calls) for job in self.asked]


def submission(name: str, text: str = "def f(x): return x") -> Submission:
    return Submission(name, {"t": Source("t", "t.py", text)})
