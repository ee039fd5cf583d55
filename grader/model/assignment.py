"""What staff declared: topics, their functions, cases, checks and known mistakes.

In: nothing. Out: frozen values, built by ``spec`` from a ``task.py`` and read by every later stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Fixture:
    """A live object named by staff and made in the student's process: ``model("distilbert")``."""

    name: str
    arguments: Mapping[str, Input] = field(default_factory=dict)


Input: TypeAlias = (
    "bool | int | float | str | list[Input] | tuple[Input, ...] | dict[str, Input] | Fixture | None"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One call of a function. ``seed`` seeds every random generator before it. ``line`` is where
    ``task.py`` declares it, for messages."""

    name: str
    inputs: Mapping[str, Input]
    public: bool = False
    seed: int = 0
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``|got - want| <= atol + rtol * |want|``; both 0 means bit for bit."""

    rtol: float = 0.0
    atol: float = 0.0


EXACT = Tolerance()
DEFAULT_TOLERANCE = Tolerance(rtol=1e-5, atol=1e-6)


@dataclass(frozen=True, slots=True)
class Same:
    """The value at ``path`` equals the reference's.

    ``dims`` names the axes in messages. ``dtype`` is ``"kind"`` (any float for a float, any
    integer for an integer) or ``"exact"``. ``grad`` says whether the result may carry a graph.
    """

    path: str = ""
    tolerance: Tolerance = DEFAULT_TOLERANCE
    dims: tuple[str, ...] = ()
    dtype: str = "kind"
    grad: str = "any"  # "any" or "none"
    extra_keys: bool = True
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Raises:
    """The call raises ``exception`` (by class name, subclasses count)."""

    exception: str


@dataclass(frozen=True, slots=True)
class Within:
    """Every item of the list at ``path`` is among the oracle's list at ``allowed``."""

    path: str
    allowed: str


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """The list at ``path`` is a plausible sample of the oracle's ``{outcome: probability}``.

    Fails when an outcome comes up so often, or so seldom, that a binomial would do it more rarely
    than a normal variable leaves ``sigmas`` standard deviations (6: twice in 10**9); an outcome of
    probability 0 must not occur at all.
    """

    path: str
    distribution: str
    sigmas: float = 6.0


Rule: TypeAlias = Same | Raises | Within | DrawnFrom


@dataclass(frozen=True, slots=True)
class Check:
    """A rubric line. Its points are earned when the rule holds in every case it applies to.

    ``cases`` restricts it to cases whose name matches one of these glob patterns. ``given`` names
    another check that must be earned first: a mask of ones is worth nothing without the ids.
    ``line`` is where ``task.py`` declares it, for messages.
    """

    name: str
    rule: Rule
    points: float
    hint: str = ""
    cases: tuple[str, ...] = ()
    given: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known wrong way: the reference with one edit, and the sentence a student should read.

    ``source`` is the whole mistaken ``solution.py``, made from the reference by ``spec``.
    """

    sentence: str
    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A mutant of the reference that is as right as the reference, and why: one edit of it.

    ``source`` is the whole mutated ``solution.py``; ``line`` is where ``task.py`` lists it.
    """

    reason: str
    old: str
    new: str
    source: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one case: wall clock and processor (0: none of its own) in seconds, sizes in
    bytes."""

    wall: float = 10.0
    cpu: float = 0.0
    memory: int = 4 << 30
    output: int = 1 << 20
    result: int = 64 << 20
    scratch_bytes: int = 256 << 20
    scratch_inodes: int = 4096


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Task:
    """One function to write: how it is called, watched, and judged.

    ``parameters`` are the reference's, in order: arguments are passed by position, so a student
    may name them otherwise. ``needs`` are sibling functions it may be built on. ``equivalents``
    are mutants of the reference that no case is to tell from it.
    """

    function: str
    cases: tuple[Case, ...]
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    parameters: tuple[str, ...] = ()
    probe: str = ""
    oracle: str = ""
    needs: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    equivalents: tuple[Equivalent, ...] = ()

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)


@dataclass(frozen=True, slots=True)
class Topic:
    """One folder of the course. ``probes`` and ``oracles`` are source text; only ``probes`` is
    ever shipped to a process that runs students' code. ``rights`` maps a name to the source of
    a differently written right solution."""

    name: str
    tasks: tuple[Task, ...]
    reference: str
    probes: str = ""
    oracles: str = ""
    rights: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    def task(self, function: str) -> Task:
        return next(task for task in self.tasks if task.function == function)


@dataclass(frozen=True, slots=True)
class Assignment:
    """The course: its topics in teaching order."""

    topics: tuple[Topic, ...]

    def topic(self, name: str) -> Topic:
        return next(topic for topic in self.topics if topic.name == name)
