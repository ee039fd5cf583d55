"""A class's hand-ins: a folder with one entry a student.

In: the path of the folder. Out: one ``Submission`` after another, each read when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.model import Submission
from grader.submission.ahead import read_in_order
from grader.submission.collect import submission_of
from grader.submission.entries import Found, is_ignored, is_source
from grader.submission.layout import is_solution_name, topic_of_file, topic_of_folder
from grader.submission.names import shown, unique_name, without_suffix
from grader.submission.opening import opened
from grader.submission.reader import Reader

# Canvas's bulk download: one file an attachment, the student's name and number in front.
_CANVAS = re.compile(r"(?P<student>[^_]+)(?:_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
# What staff keep beside the hand-ins.
_STAFF_FILES = (".csv", ".md", ".txt", ".json", ".yaml", ".yml", ".toml", ".html", ".log", ".xlsx")


@dataclass(frozen=True, slots=True)
class _HandIn:
    """One student's entries of a class folder."""

    name: str
    paths: tuple[Path, ...]


def is_class(path: Path, topics: Sequence[str]) -> bool:
    """Whether ``path`` is a folder of many submissions; else it is one submission."""
    entries = _entries(path) if path.is_dir() else []
    if any(_is_work(entry, topics) for entry in entries):
        return False
    files = [entry for entry in entries if is_source(entry.name)]
    if len(files) < len(entries):
        return True
    # Nothing but Python files and notebooks: a class that hands in one file each, or one student.
    one_topic = len(topics) == 1 or topic_of_folder(path.resolve().name, topics) is not None
    if one_topic and any(is_solution_name(entry.name) for entry in files):
        return False
    return len({entry.stem for entry in files}) > 1


def collect_class(
    path: Path,
    topics: Sequence[str],
    *,
    functions: Mapping[str, Sequence[str]] | None = None,
    readers: int = 1,
) -> Iterator[Submission]:
    """The submissions of a class, by name, each read when it is asked for; with several
    ``readers`` so many at once, and a few ahead.

    ``functions`` are the graded ones of each topic, as for ``collect``. Links are not followed:
    one gives a submission with a problem, as does a file of a kind that is not read. Raises
    OSError if the folder itself cannot be listed.
    """
    taken: set[str] = set()
    named = ((unique_name(one.name, taken), one) for one in _hand_ins(_entries(path)))

    def read(hand_in: tuple[str, _HandIn], reader: Reader) -> Submission:
        name, one = hand_in
        found = _joined(one.paths, reader)
        return submission_of(name, one.paths[0].name, found, topics, functions or {}, reader)

    return read_in_order(read, named, readers)


def count_class(path: Path) -> int:
    """How many submissions ``collect_class`` gives. Raises OSError, as it does."""
    return len(_hand_ins(_entries(path)))


def _entries(path: Path) -> list[Path]:
    """What may be a hand-in, by name: neither hidden nor what staff keep beside them."""
    found = (entry for entry in path.iterdir() if not is_ignored((entry.name,)))
    return sorted(entry for entry in found if not _is_staffs(entry))


def _is_staffs(entry: Path) -> bool:
    return entry.suffix.lower() in _STAFF_FILES and not entry.is_symlink() and entry.is_file()


def _is_work(entry: Path, topics: Sequence[str]) -> bool:
    """Whether the entry is the work on one topic, and the folder around it one student's."""
    if entry.is_symlink():
        return False
    if entry.is_dir():
        return topic_of_folder(entry.name, topics) is not None and _holds_source(entry)
    named = is_source(entry.name) and topic_of_file(entry.name, topics) is not None
    return named and not _CANVAS.fullmatch(entry.name)


def _holds_source(folder: Path) -> bool:
    try:
        return any(is_source(entry.name) for entry in folder.iterdir())
    except OSError:
        return False


def _hand_ins(entries: Iterable[Path]) -> list[_HandIn]:
    """One for each entry, but one for all of a student's files in a Canvas download."""
    paths: dict[str, list[Path]] = {}
    names: dict[str, str] = {}
    for entry in entries:
        canvas = _CANVAS.fullmatch(entry.name) if not entry.is_dir() else None
        name = f"{canvas['student']}_{canvas['user']}" if canvas else without_suffix(entry.name)
        key = f"canvas {name}" if canvas else entry.name
        paths.setdefault(key, []).append(entry)
        names[key] = name
    return [_HandIn(names[key], tuple(several)) for key, several in paths.items()]


def _joined(paths: Sequence[Path], reader: Reader) -> Found:
    """All files of one hand-in. Of several paths, one that cannot be opened costs only itself."""
    found = [opened(path, reader) for path in paths]
    if len(found) == 1:
        return found[0]
    good = [one for one in found if not one.problem]
    bad = [
        f"{shown([p.name])}: {one.problem}"
        for p, one in zip(paths, found, strict=True)
        if one.problem
    ]
    return Found(
        entries=tuple(entry for one in good for entry in one.entries),
        notes=(*bad, *(note for one in good for note in one.notes)),
        problem="" if good else bad[0],
    )
