"""Which file is the solution of which topic.

In: the files of one hand-in and the topics' names. Out: for each topic the files that could be
its solution, best first, and the files that belong to none.

Right are ``<topic>/solution.py|ipynb``, ``<topic>.py|ipynb``, and any one file in a folder named
like the topic; if a single topic is asked for, also ``solution.py|ipynb`` or a lone file. Folders
around all this do not matter. Topics are recognised as people and learning platforms spell them:
``Pad-Batch``, ``03_pad_batch``, ``pad_batch (1)``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import PurePosixPath

from grader.submission.entries import Entry
from grader.submission.limits import SOLUTION

_ORDINAL = re.compile(r"^\d+[\s_.-]+")
_COPY = re.compile(r"^copy_of_|_?\(\d+\)$|[_-]copy$|-\d+$")
_JOINTS = re.compile(r"[\s_-]+")
# A learning platform's prefix: name, LATE, user and attachment in front of the file's own name.
_CANVAS = re.compile(r"^[^_]+(?:_late)?_\d+_\d+_(?=.)", re.IGNORECASE)


class Fit(IntEnum):
    """How surely a file is a topic's solution; the lowest is the surest."""

    NAMED = 0
    IN_FOLDER = 1
    ALONE = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that could be the solution of ``topic``; ``depth`` folders lie around it."""

    topic: str
    fit: Fit
    depth: int
    entry: Entry

    @property
    def rank(self) -> tuple[int, Fit]:
        return self.depth, self.fit


@dataclass(frozen=True, slots=True)
class Layout:
    """``candidates`` of each topic found, all of its best rank, and all files beside them."""

    candidates: dict[str, tuple[Candidate, ...]]
    unused: tuple[Entry, ...]


def arranged(entries: Sequence[Entry], topics: Sequence[str], holder: str = "") -> Layout:
    """Files by topic. ``holder`` is the name of the folder or archive around them."""
    found = [fit for entry in entries for fit in _candidates(entry, topics, holder)]
    if not found and len(topics) == 1:
        found = _lone(entries, topics[0])
    by_topic = {c.topic: [d for d in found if d.topic == c.topic] for c in found}
    best = {topic: min(c.rank for c in several) for topic, several in by_topic.items()}
    candidates = {
        topic: tuple(c for c in several if c.rank == best[topic])
        for topic, several in by_topic.items()
    }
    used = {c.entry.parts for several in candidates.values() for c in several}
    return Layout(candidates, tuple(entry for entry in entries if entry.parts not in used))


def topic_of_folder(name: str, topics: Iterable[str]) -> str | None:
    """The topic that a folder is named like, if any."""
    known = {_joined(topic): topic for topic in topics}
    return next((known[form] for form in _spellings(name) if form in known), None)


def topic_of_file(name: str, topics: Iterable[str]) -> str | None:
    """The topic that a file is named like, if any."""
    return topic_of_folder(_stem(name), topics)


def is_ambiguous(candidates: Sequence[Candidate]) -> bool:
    """Whether they are different works, none of which says that it is the solution."""
    works = {_stem(candidate.entry.parts[-1]) for candidate in candidates}
    return len(works) > 1 and candidates[0].fit is not Fit.NAMED


def is_solution_name(name: str) -> bool:
    """Whether a file is called ``solution``, in any spelling."""
    return SOLUTION in _spellings(_stem(name))


def _candidates(entry: Entry, topics: Sequence[str], holder: str) -> list[Candidate]:
    *around, name = (holder, *entry.parts)
    # The holder of it all may be named like a topic by chance: only files directly in it count.
    inside = around[1:] or around
    within = next(filter(None, (topic_of_folder(f, topics) for f in reversed(inside))), None)
    named = topic_of_file(name, topics)
    if within is not None:
        sure = named == within or is_solution_name(name)
        return [Candidate(within, Fit.NAMED if sure else Fit.IN_FOLDER, len(around) - 1, entry)]
    return [Candidate(named, Fit.NAMED, len(around), entry)] if named else []


def _lone(entries: Sequence[Entry], topic: str) -> list[Candidate]:
    """With one topic asked for: the files called solution, else the only file there is."""
    depth = min((len(entry.parts) for entry in entries), default=0)
    top = [entry for entry in entries if len(entry.parts) == depth]
    if len({entry.parts[:-1] for entry in top}) != 1:
        return []
    named = [entry for entry in top if is_solution_name(entry.parts[-1])]
    alone = top if len({_stem(entry.parts[-1]) for entry in top}) == 1 else ()
    return [Candidate(topic, Fit.ALONE, 0, entry) for entry in named or alone]


def _stem(name: str) -> str:
    return PurePosixPath(_CANVAS.sub("", name)).stem


def _joined(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return _JOINTS.sub("_", text).strip("_")


def _spellings(name: str) -> tuple[str, str]:
    """The name, and the name without the marks that people, browsers and platforms add."""
    text = unicodedata.normalize("NFKC", name).casefold().replace(" ", "_").strip("_")
    bare = _ORDINAL.sub("", text)
    for _ in range(3):
        bare = _COPY.sub("", bare).strip("_")
    return _joined(text), _joined(bare)
