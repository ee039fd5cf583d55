"""What is right: the outcomes of the reference, and of every known mistake, for the same cases.

In: nothing. Out: frozen values, made by ``baseline`` and read by ``judge``. They live in the
trusted process alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.observation import Outcome
from grader.model.values import MISSING, Missing, Value


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A mistake's sentence with what the mistaken reference did, by case name."""

    sentence: str
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class FunctionBaseline:
    """One function: the wanted outcomes and the oracle's answers by case name, and the mistakes.

    ``doubled`` holds the wanted outcomes with stand-ins for sibling functions, by the stand-ins'
    names: each an alternative way in which right code may have used them.
    """

    wanted: Mapping[str, Outcome]
    oracle: Mapping[str, Value] = field(default_factory=dict)
    mistakes: tuple[KnownMistake, ...] = ()
    doubled: Mapping[tuple[str, ...], tuple[Mapping[str, Outcome], ...]] = field(
        default_factory=dict
    )

    def answer(self, case: str) -> Value | Missing:
        return self.oracle.get(case, MISSING)


@dataclass(frozen=True, slots=True)
class Baseline:
    """One topic's."""

    topic: str
    functions: Mapping[str, FunctionBaseline]
