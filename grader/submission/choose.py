"""The source of a topic, where more than one file could be it.

In: the candidates for a topic. Out: one ``Source``. A student who is given a stub and a notebook
fills in one of them; so the file with fewer functions left to write counts, then the newer one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from grader.model import Source
from grader.submission.entries import Entry
from grader.submission.layout import Candidate, is_ambiguous
from grader.submission.python_file import read_python
from grader.submission.reader import Reader

_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]|=[ \t]*lambda\b", re.MULTILINE)
_UNWRITTEN = re.compile(r"\braise[ \t]+NotImplementedError\b")
_MOST_CANDIDATES = 8


def best_source(
    topic: str, candidates: Sequence[Candidate], functions: Collection[str], reader: Reader
) -> Source:
    """The source to grade; its notes name the files that it was preferred to."""
    files = ", ".join(candidate.entry.file for candidate in candidates[:_MOST_CANDIDATES])
    if is_ambiguous(candidates):
        problem = f"Which file is the solution of {topic}: {files}? Call it solution.py."
        return Source(topic, candidates[0].entry.file, problem=problem)
    entries = sorted(
        (candidate.entry for candidate in candidates), key=lambda e: (-e.modified, e.parts)
    )
    read = [(read_source(topic, e, functions, reader), e) for e in entries[:_MOST_CANDIDATES]]
    source, chosen = min(read, key=lambda pair: _order(*pair))
    if len(candidates) == 1:
        return source
    note = (
        f"{chosen.file} was graded, of these: {files}. The file with the fewest functions left "
        "to write counts, and of equals the newest"
    )
    return replace(source, notes=(note, *source.notes))


def read_source(topic: str, entry: Entry, functions: Collection[str], reader: Reader) -> Source:
    """One file's Python text, or its problem."""
    if entry.problem:
        return Source(topic, entry.file, problem=f"{entry.file} {entry.problem}.")
    if entry.parts[-1].lower().endswith(".ipynb"):
        return reader.notebook(topic, entry.file, entry.data, functions)
    return read_python(topic, entry.file, entry.data)


def _order(source: Source, entry: Entry) -> tuple[bool, bool, int, float, bool]:
    """The smallest is the best: readable, with functions, few of them unwritten, new."""
    return (
        bool(source.problem),
        not _DEFINITION.search(source.text),
        len(_UNWRITTEN.findall(source.text)),
        -entry.modified,
        entry.parts[-1].lower().endswith(".ipynb"),
    )
