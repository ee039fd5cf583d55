"""What differs between the grader that made a pack and the one that reads it.

In: the versions in the pack and those here. Out: what differs, and a notice that says what that
can mean and what to do. A difference is never an error: most of them change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grader.model import Assignment
from grader.pack.pack import Pack, Versions
from grader.pack.reduce import origin_of

_OWN = ("grader", "sandbox code", "course cache")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing whose version differs; ``made_with`` is the pack's."""

    name: str
    made_with: str
    here: str


def mismatches(made_with: Versions, here: Versions) -> tuple[Mismatch, ...]:
    """What differs, in the pack's order; neither the marks of local builds, as in ``2.13.0+cpu``,
    nor Python's own repairs (3.11.2 and 3.11.7 compute the same)."""
    found = dict(here)
    return tuple(
        Mismatch(name, version, found.get(name, "missing"))
        for name, version in made_with
        if _compared(name, found.get(name, "missing")) != _compared(name, version)
    )


def notice(found: Iterable[Mismatch]) -> tuple[str, ...]:
    """Lines to read; none when nothing differs."""
    every = tuple(found)
    if not every:
        return ()
    return (
        "Your course's pack was made with other versions than you have here:",
        *(f"  {one.name}: {one.made_with} in the pack, {one.here} here" for one in every),
        "Numbers and words of messages may differ between versions, so a check may fail on right "
        "work, or a likely cause may not be named.",
        *_advice(every),
    )


def _advice(every: tuple[Mismatch, ...]) -> Iterable[str]:
    names = {one.name for one in every}
    packages = [
        f"{one.name}=={_public(one.made_with)}"
        for one in every
        if one.name not in _OWN and one.name != "python" and one.made_with != "missing"
    ]
    if names & set(_OWN):
        yield "What to do: install the grader and the kit that your course gives out now."
    if "python" in names:
        version = next(one.made_with for one in every if one.name == "python")
        yield f"What to do: work in an environment of Python {version.rpartition('.')[0]}."
    if packages:
        yield f"What to do: pip install {' '.join(packages)}"


def _compared(name: str, version: str) -> str:
    return version.rpartition(".")[0] if name == "python" else _public(version)


def _public(version: str) -> str:
    """The version as every index knows it: without the mark of a local build, as in ``+cpu``."""
    return re.sub(r"\+.*", "", version)


def is_current(pack: Pack, assignment: Assignment, here: Versions) -> bool:
    """Whether the pack is what a release would make now of this public part. Nothing is run: what
    staff wrote is compared by its digest, and of the versions only those that are the grader's
    own, since whoever asks need not have torch."""
    origins = {topic.name: origin_of(topic) for topic in assignment.topics}
    own = tuple(pair for pair in pack.versions if pair[0] in _OWN)
    return origins == pack.origins and not mismatches(own, here)
