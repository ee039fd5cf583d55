"""Verdicts: what the judge says of an observation.

In: nothing. Out: frozen values, made by ``judge`` and drawn by ``report``. Every message exists
twice: ``message`` and ``hint`` are safe for the student (nothing of a hidden case's input or
expected value is in them), ``staff`` says everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from grader.model.assignment import Tolerance


class Status(StrEnum):
    """The five verdicts. They are never merged."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    BLOCKED = "blocked"
    GRADER_ERROR = "grader error"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A small picture of where a tensor is wrong: ``levels`` (rows x columns, 0..255, row-major
    bytes) of the absolute difference, 255 being the largest (``largest``)."""

    rows: int
    columns: int
    levels: bytes
    largest: float
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a value is not the wanted one.

    ``category`` is one of type, structure, shape, dtype, gradient, nan, value, exception,
    missing, died. ``got`` and ``want`` are short texts; ``size`` the largest absolute difference;
    ``tolerance`` is set where numbers were compared with one.
    """

    category: str
    message: str
    path: str = ""
    index: tuple[int, ...] | None = None
    got: str = ""
    want: str = ""
    size: float | None = None
    wrong: int = 0
    total: int = 0
    heat_map: HeatMap | None = None
    tolerance: Tolerance | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check on one case."""

    check: str
    case: str
    public: bool
    status: Status
    score: float
    max_score: float
    message: str = ""
    hint: str = ""
    mistake: str = ""
    category: str = ""
    staff: str = ""
    difference: Difference | None = None
    traceback: tuple[str, ...] = ()
    output: str = ""


@dataclass(frozen=True, slots=True)
class FunctionGrade:
    """One function's checks, in the order of the declaration, case by case, and what they add up
    to: every page asks for that many times."""

    function: str
    checks: tuple[CheckResult, ...]
    score: float = field(init=False, repr=False, compare=False)
    max_score: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("score", "max_score"):
            total = round(sum(getattr(check, name) for check in self.checks), 6)
            object.__setattr__(self, name, total)


@dataclass(frozen=True, slots=True)
class TopicGrade:
    """One topic. ``notes`` tell the student what was passed over in the file, and what the sandbox
    stopped; ``staff_notes`` what it stopped in hidden cases."""

    topic: str
    functions: tuple[FunctionGrade, ...]
    file: str = ""
    notes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    wall: float = 0.0
    cpu: float = 0.0
    staff_notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return round(sum(function.score for function in self.functions), 6)

    @property
    def max_score(self) -> float:
        return round(sum(function.max_score for function in self.functions), 6)


@dataclass(frozen=True, slots=True)
class Grade:
    """One submission's result. ``problem`` is set when nothing of it could be read."""

    submission: str
    topics: tuple[TopicGrade, ...]
    problem: str = ""
    notes: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    seed: str = ""

    @property
    def score(self) -> float:
        return round(sum(topic.score for topic in self.topics), 6)

    @property
    def max_score(self) -> float:
        return round(sum(topic.max_score for topic in self.topics), 6)
