"""What a student handed in, as text with a map back to where each line came from.

In: nothing. Out: frozen values, made by ``submission`` and read by ``sandbox`` and the reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of the source text stands in what the student handed in (from 1)."""

    file: str
    line: int
    cell: int | None = None

    def __str__(self) -> str:
        where = f"cell {self.cell}, line {self.line}" if self.cell else f"line {self.line}"
        return f"{self.file}, {where}"


@dataclass(frozen=True, slots=True)
class Source:
    """One topic's Python text. ``places[i]`` is where line ``i + 1`` of ``text`` came from.

    ``problem`` is set when the file could not be read at all: the sentence for the student.
    ``notes`` tell what was passed over (a cell that does not parse, a magic).
    """

    topic: str
    file: str
    text: str = ""
    places: tuple[Place, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()

    def place(self, line: int) -> Place:
        return self.places[line - 1] if 0 < line <= len(self.places) else Place(self.file, line)


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's work. A topic without a source was not attempted.

    ``problem`` is set when nothing of it could be read (a broken archive, an empty folder);
    ``notes`` tell what was passed over (an unknown topic, a link).
    """

    name: str
    sources: Mapping[str, Source] = field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()
