"""What every grader in the comparison does, and what comes of it.

In: hand-ins. Out: what grading them took, and what each of them got.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.peers.hand_ins import HandIn
from benchmarks.peers.measure import Spent


@dataclass(frozen=True, slots=True)
class Verdict:
    """``points`` is ``None`` where there is no result; ``text`` is what the student reads."""

    points: float | None
    of: float
    text: str = ""

    @property
    def short(self) -> str:
        """ "6 of 8", or that there is nothing."""
        return "no result" if self.points is None else f"{self.points:g} of {self.of:g}"


@dataclass(frozen=True, slots=True)
class Graded:
    """One hand-in, by itself."""

    kind: str
    spent: Spent
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """Some hand-ins. ``cpu`` and ``wall`` are seconds a hand-in, without what is paid once a class
    (``once``, ``None`` where nothing is); ``perfect`` are the CPU seconds of each perfect one where
    they were graded one by one; ``peak`` is in bytes."""

    number: int
    cpu: float
    wall: float
    peak: int
    verdicts: Mapping[str, str]
    once: Spent | None = None
    perfect: tuple[float, ...] = ()


class Peer(Protocol):
    """One of the other graders, installed and set up."""

    name: str
    version: str
    timeout: str  # what it has against an endless loop, as it is used here

    def prepare(self) -> Spent | None:
        """What staff does once an assignment; its cost."""

    def grade(self, hand_in: HandIn, limit: float) -> Graded:
        """One hand-in; ended after ``limit`` seconds."""

    def sample(self, hand_ins: Sequence[HandIn]) -> Sample:
        """Several, as a TA would grade them."""


def one_by_one(peer: Peer, hand_ins: Sequence[HandIn]) -> Sample:
    """The sample of a grader that takes one hand-in a command."""
    graded = [peer.grade(hand_in, 3600.0) for hand_in in hand_ins]
    return Sample(
        number=len(graded),
        cpu=sum(one.spent.cpu for one in graded) / len(graded),
        wall=sum(one.spent.wall for one in graded) / len(graded),
        peak=max(one.spent.peak for one in graded),
        verdicts={h.name: g.verdict.short for h, g in zip(hand_ins, graded, strict=True)},
        perfect=tuple(one.spent.cpu for one in graded if one.kind == "perfect"),
    )


def added(*several: Spent) -> Spent:
    """Commands one after another, as one. Killed when one of them was."""
    codes = [spent.code for spent in several]
    return Spent(
        cpu=sum(spent.cpu for spent in several),
        wall=sum(spent.wall for spent in several),
        peak=max(spent.peak for spent in several),
        code=None if None in codes else max(code for code in codes if code is not None),
    )


def fresh(folder: Path) -> Iterator[Path]:
    """Folders below ``folder`` that are not there yet, one after another."""
    number = 0
    while True:
        number += 1
        made = folder / f"{number:03}"
        made.mkdir(parents=True)
        yield made
