"""What student code did. An observation never says how good that was.

In: nothing. Out: the job that goes into the sandbox and the observation that comes out of it. What
the sandbox refused meanwhile is ``stopped``: the kinds of calls of ``containment.policy``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from grader.model.assignment import DEFAULT_LIMITS, Case, Limits
from grader.model.values import Value


@dataclass(frozen=True, slots=True)
class Call:
    """One function with the cases to run it on. ``probe`` and ``oracle`` name functions of the
    job's probes and oracles (an oracle only ever goes along with the reference).

    ``doubles`` are sibling functions that a stand-in of the probes replaces.
    """

    function: str
    cases: tuple[Case, ...]
    parameters: tuple[str, ...] = ()
    probe: str = ""
    oracle: str = ""
    limits: Limits = DEFAULT_LIMITS
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """All that a child gets: source text, probes and inputs. Never an expected value.

    ``isolate`` gives every case a fork of its own.
    """

    topic: str
    source: str
    file: str
    calls: tuple[Call, ...]
    probes: str = ""
    oracles: str = ""
    isolate: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of a traceback in the student's own code."""

    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Returned:
    """The function came back. ``value`` is its result, or what the probe made of it."""

    value: Value
    output: str = ""
    wall: float = 0.0
    cpu: float = 0.0
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """The function raised. ``classes`` is the exception's class and its bases, by name."""

    type: str
    message: str
    classes: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    output: str = ""
    stage: str = "call"  # "load", "lookup", "signature", "inputs", "call" or "result"
    wall: float = 0.0
    cpu: float = 0.0
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Died:
    """The process ended, or was ended, before the function came back."""

    reason: str  # "timeout", "memory", "signal", "exit", "output", "scratch", "result", "skipped"
    detail: str = ""
    output: str = ""
    stage: str = "call"
    wall: float = 0.0
    cpu: float = 0.0
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """The grader's own fault: nothing can be said about the student's code."""

    detail: str


Outcome: TypeAlias = Returned | Raised | Died | Broken


@dataclass(frozen=True, slots=True)
class Observation:
    """What one job's calls did: ``outcomes[function][case name]``.

    ``layers`` are the containment layers that held; ``load_output`` is what was printed, and
    ``stopped`` what was refused, while the file was loaded; ``cpu`` is the seconds of all its
    processes. ``marks[function]``, where it is known, is the same for all that did the same.
    """

    topic: str
    outcomes: Mapping[str, Mapping[str, Outcome]] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    load_output: str = ""
    wall: float = 0.0
    cpu: float = 0.0
    stopped: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, function: str, case: str) -> Outcome:
        found = self.outcomes.get(function, {}).get(case)
        if found is None:
            return Broken(f"no outcome was recorded for {function} on {case!r}")
        return found
