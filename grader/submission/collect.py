"""One submission, from whatever the student handed in.

In: the path of a file, a folder or an archive, and the topics' names. Out: a ``Submission``. A
hand-in that cannot be read gives one whose ``problem`` says why, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from grader.model import Submission
from grader.submission.choose import best_source
from grader.submission.entries import Found, is_source
from grader.submission.layout import Layout, arranged
from grader.submission.names import readable, safe_name, shown, without_suffix
from grader.submission.opening import opened
from grader.submission.reader import Reader

_NAMED_FILES = 5


def collect(
    path: Path,
    topics: Sequence[str],
    name: str | None = None,
    *,
    functions: Mapping[str, Sequence[str]] | None = None,
    reader: Reader | None = None,
) -> Submission:
    """The submission at ``path``, which may itself be a link to follow.

    Args:
        path: a ``.py`` or ``.ipynb`` file, a folder, a zip or a tar.
        topics: names of the topics that count.
        name: the submission's name; by default made from the path.
        functions: the graded functions of each topic. If given, only what they need is taken
            from a notebook beside its definitions.
        reader: shared by many calls; by default one of its own is made and closed.

    Raises ReaderError if the grader itself is not installed properly.
    """
    path = path.absolute()
    name = safe_name(without_suffix(path.name)) if name is None else name
    with nullcontext(reader) if reader else Reader() as shared:
        found = opened(_followed(path), shared)
        return submission_of(name, path.name, found, topics, functions or {}, shared)


def _followed(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name that cannot be
        return path


def submission_of(
    name: str,
    handed_in: str,
    found: Found,
    topics: Sequence[str],
    functions: Mapping[str, Sequence[str]],
    reader: Reader,
) -> Submission:
    """The submission that these files make. ``handed_in`` is what messages call it."""
    if found.problem:
        return Submission(name, problem=f"{shown([handed_in])}: {found.problem}")
    layout = arranged(found.entries, topics, found.holder)
    sources = {
        topic: best_source(topic, layout.candidates[topic], functions.get(topic, ()), reader)
        for topic in topics
        if topic in layout.candidates
    }
    notes = readable([*found.notes, *_unused(layout)])
    problem = "" if sources else _nothing(shown([handed_in]), found, topics)
    return Submission(name, sources, problem, notes)


def _unused(layout: Layout) -> list[str]:
    files = [entry.file for entry in layout.unused]
    if not files:
        return []
    more = f" and {len(files) - _NAMED_FILES} more" if len(files) > _NAMED_FILES else ""
    return [
        f"not graded, as no solution of a topic asked for: {', '.join(files[:_NAMED_FILES])}{more}"
    ]


def _nothing(handed_in: str, found: Found, topics: Sequence[str]) -> str:
    if len(found.archives) > 1:
        return f"{handed_in} holds {len(found.archives)} archives: hand in one, or the files."
    what = "is of no topic" if is_source(handed_in) else "holds no solution"
    names = ", ".join(topics)
    example = f"{topics[0]}/solution.py" if topics else "solution.py"
    return (
        f"{handed_in} {what}. Hand in one file a topic, named like {example} "
        f"(or .ipynb). The topics are: {names}."
    )
