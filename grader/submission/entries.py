"""The files of a hand-in, wherever they came from: a folder, an archive, a lone file.

In: nothing. Out: the values that ``folder`` and ``archive`` give and that ``layout`` arranges.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.submission.limits import ARCHIVE_SUFFIXES, DEPTH, SOURCE_SUFFIXES
from grader.submission.names import shown

# What machines leave behind, and libraries that students copied along.
_LEFT_BEHIND = frozenset({"__macosx", "__pycache__", "node_modules", "venv", "site-packages"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A source file. ``parts`` is its path, for matching; ``modified`` is in seconds.

    ``problem`` says why it could not be read: it goes on after the file's name.
    """

    parts: tuple[str, ...]
    modified: float = 0.0
    data: bytes = b""
    problem: str = ""

    @property
    def file(self) -> str:
        return shown(self.parts)


@dataclass(frozen=True, slots=True)
class Found:
    """All source files of one hand-in. ``archives`` are the archives at a folder's top.

    ``holder`` is the name of the folder or archive around it all. ``problem`` is set when it
    could not be opened: a sentence that follows the hand-in's name and a colon.
    """

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    archives: tuple[str, ...] = ()
    holder: str = ""


def is_source(name: str) -> bool:
    """Whether the name ends like a Python file or a notebook."""
    return name.lower().endswith(SOURCE_SUFFIXES)


def is_archive(name: str) -> bool:
    """Whether the name ends like an archive. What it is, its content decides."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)


def is_ignored(parts: tuple[str, ...]) -> bool:
    """Whether a path is hidden, left behind by a machine, or too deep to be a solution."""
    return len(parts) > DEPTH or any(
        part.startswith(".") or part.casefold() in _LEFT_BEHIND for part in parts
    )
