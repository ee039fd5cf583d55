"""A mutant, and the shortest edit that names it. In: a text and a place in it. Out: old and new.

An edit is told as staff would write it: the old text occurs once in the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Span = tuple[int, int]
_TELLING = 12  # characters: `1 -> 2` names its place to a program, not to a reader


class MutateError(Exception):
    """No mutants can be made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``text`` instead of what stands from ``start`` to ``end`` (offsets in characters).

    ``shown`` is the span to show a reader; ``whole`` says that a whole expression is replaced,
    which may need parentheses where it stands.
    """

    kind: str
    start: int
    end: int
    text: str
    shown: Span
    whole: bool = False

    def applied(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]


@dataclass(frozen=True, slots=True)
class Mutant:
    """``source`` is the reference with ``new`` for ``old``, which occurs in it once.

    ``scope`` is the top-level function, class or constant that it stands in, empty for any other
    statement of the module. ``line`` is that of the change.
    """

    scope: str
    line: int
    kind: str
    old: str
    new: str
    source: str

    @property
    def id(self) -> str:
        """Eight letters that stay the same while the mutated text does."""
        told = "\0".join((self.scope, self.kind, self.old, self.new))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def as_replacement(source: str, edit: Edit, wider: Iterable[Span]) -> tuple[str, str]:
    """The edit as an old text that occurs once, and the new one: ``shown`` or the first of the
    ``wider`` spans that lies in one line, says enough and is unique, or else as many whole lines
    as it takes."""
    in_line = [span for span in (edit.shown, *wider) if "\n" not in source[slice(*span)]]
    telling = [(start, end) for start, end in in_line if end - start >= _TELLING]
    for start, end in (*telling, *_lines_around(source, edit.start, edit.end)):
        old = source[start:end]
        if start <= edit.start and edit.end <= end and old and source.count(old) == 1:
            return old, source[start : edit.start] + edit.text + source[edit.end : end]
    raise AssertionError("the whole source occurs once in itself")


def _lines_around(source: str, start: int, end: int) -> Iterator[Span]:
    """The lines of a span, then ever more lines before and after them."""
    start, end = _line_start(source, start), _line_end(source, end)
    line = source[start:end]
    yield start + len(line) - len(line.lstrip()), end
    yield start, end
    while start > 0 or end < len(source):
        start = _line_start(source, max(0, start - 1))
        yield start, end
        end = _line_end(source, min(len(source), end + 1))
        yield start, end


def _line_start(source: str, offset: int) -> int:
    return source.rfind("\n", 0, offset) + 1


def _line_end(source: str, offset: int) -> int:
    found = source.find("\n", offset)
    return len(source) if found < 0 else found
