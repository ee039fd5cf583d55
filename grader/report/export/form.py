"""What a format of ``grader export`` has to say of itself.

In: a format's name. Out: its ``Format``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from grader.model import Grade

Pieces = Callable[[Iterable[Grade]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """A second text, appended to the file that the environment names in ``variable``.

    ``text`` takes the grades and the bytes of UTF-8 that there is room for; ``limit`` is how many
    the whole file may have.
    """

    variable: str
    limit: int
    text: Callable[[Iterable[Grade], int], str]


@dataclass(frozen=True, slots=True)
class Format:
    """``pieces`` writes the format, in as many pieces as it likes; ``beside`` is a second text."""

    pieces: Pieces
    beside: Beside | None = None


def format_named(name: str) -> Format:
    """The format of a name of ``FORMATS``. Raises ``ImportError`` for any other."""
    found: Format = import_module(f"grader.report.export.{name}").FORMAT
    return found
