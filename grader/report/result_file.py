"""Reads a result file's parts with care: it may have been edited, cut short or made up.

In: data parsed from JSON. Out: the values of ``grader.model``. pydantic says what is wrong and
where; ``result`` turns that into a sentence.
"""

from __future__ import annotations

import base64
import math
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from grader.model import (
    CheckResult,
    Difference,
    FunctionGrade,
    Grade,
    HeatMap,
    Status,
    Tolerance,
    TopicGrade,
)

SCHEMA = "grader/result/v1"

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _measured(value: object) -> object:
    return _WORDS.get(value, value) if isinstance(value, str) else value


# A measurement may be not finite; a score never is.
Measured = Annotated[float, BeforeValidator(_measured)]
Points = Annotated[float, Field(allow_inf_nan=False)]
Natural = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class HeatMapPart(_Part):
    rows: Annotated[int, Field(ge=1)]
    columns: Annotated[int, Field(ge=1)]
    levels: str
    largest: Measured
    caption: str = ""

    @model_validator(mode="after")
    def _full(self) -> Self:
        if len(self._bytes()) != self.rows * self.columns:
            raise ValueError("levels must be rows x columns bytes in base64")
        return self

    def _bytes(self) -> bytes:
        return base64.b64decode(self.levels, validate=True)

    def value(self) -> HeatMap:
        return HeatMap(self.rows, self.columns, self._bytes(), self.largest, self.caption)


class TolerancePart(_Part):
    rtol: Measured
    atol: Measured

    def value(self) -> Tolerance:
        return Tolerance(self.rtol, self.atol)


class DifferencePart(_Part):
    category: str
    message: str
    path: str = ""
    index: list[int] | None = None
    got: str = ""
    want: str = ""
    size: Measured | None = None
    wrong: Natural = 0
    total: Natural = 0
    tolerance: TolerancePart | None = None
    heat_map: HeatMapPart | None = None

    def value(self) -> Difference:
        return Difference(
            category=self.category,
            message=self.message,
            path=self.path,
            index=None if self.index is None else tuple(self.index),
            got=self.got,
            want=self.want,
            size=self.size,
            wrong=self.wrong,
            total=self.total,
            tolerance=self.tolerance.value() if self.tolerance else None,
            heat_map=self.heat_map.value() if self.heat_map else None,
        )


class CheckPart(_Part):
    check: str
    case: str
    public: bool
    status: Annotated[Status, Field(strict=False)]
    score: Points
    max_score: Points
    message: str = ""
    hint: str = ""
    mistake: str = ""
    category: str = ""
    staff: str = ""
    difference: DifferencePart | None = None
    traceback: list[str] = Field(default_factory=list)
    output: str = ""

    def value(self) -> CheckResult:
        return CheckResult(
            check=self.check,
            case=self.case,
            public=self.public,
            status=self.status,
            score=self.score,
            max_score=self.max_score,
            message=self.message,
            hint=self.hint,
            mistake=self.mistake,
            category=self.category,
            staff=self.staff,
            difference=self.difference.value() if self.difference else None,
            traceback=tuple(self.traceback),
            output=self.output,
        )


class _Sum(_Part):
    """A part whose points are the sum of what is below it. An edited total would be lost
    silently when read, so it is refused."""

    score: Points
    max_score: Points

    def _agrees(self, score: float, max_score: float) -> None:
        for name, told, found in (
            ("score", self.score, score),
            ("max_score", self.max_score, max_score),
        ):
            if not math.isclose(told, found, abs_tol=1e-5):
                raise ValueError(f"{name} is {told}, but the checks below add up to {found}")


class FunctionPart(_Sum):
    function: str
    checks: list[CheckPart]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = self.checks
        self._agrees(sum(part.score for part in parts), sum(part.max_score for part in parts))
        return self

    @cached_property
    def value(self) -> FunctionGrade:
        """The very same one each time: what recurs is read once, and what it says made once."""
        return FunctionGrade(self.function, tuple(check.value() for check in self.checks))


class TopicPart(_Sum):
    topic: str
    functions: list[FunctionPart]
    file: str = ""
    notes: list[str] = Field(default_factory=list)
    staff_notes: list[str] = Field(default_factory=list)
    layers: list[str] = Field(default_factory=list)
    wall: Measured = 0.0
    cpu: Measured = 0.0

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = self.functions
        self._agrees(sum(part.score for part in parts), sum(part.max_score for part in parts))
        return self

    def value(self) -> TopicGrade:
        return TopicGrade(
            topic=self.topic,
            functions=tuple(function.value for function in self.functions),
            file=self.file,
            notes=tuple(self.notes),
            staff_notes=tuple(self.staff_notes),
            layers=tuple(self.layers),
            wall=self.wall,
            cpu=self.cpu,
        )


class ResultFile(_Sum):
    """The whole file. Raises pydantic's ValidationError where it is not as the schema says."""

    schema_: Annotated[Literal["grader/result/v1"], Field(alias="schema")]
    submission: str
    topics: list[TopicPart]
    problem: str = ""
    notes: list[str] = Field(default_factory=list)
    versions: dict[str, str] = Field(default_factory=dict)
    seed: str = ""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = self.topics
        self._agrees(sum(part.score for part in parts), sum(part.max_score for part in parts))
        return self

    def grade(self) -> Grade:
        return Grade(
            submission=self.submission,
            topics=tuple(topic.value() for topic in self.topics),
            problem=self.problem,
            notes=tuple(self.notes),
            versions=tuple(self.versions.items()),
            seed=self.seed,
        )
