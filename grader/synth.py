"""A made-up class: submissions put together from right solutions and known mistakes.

In: an assignment, a number and a seed. Out: submissions as files in memory, each with what it was
made of, so that a grader can be tried on a class whose truth is known.
"""

from __future__ import annotations

import ast
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import nbformat
from nbformat import v4

from grader.model import Assignment, Topic
from grader.stub import stub_of

_FIRST = (
    "ada", "alan", "barbara", "claude", "donald", "edsger", "fei", "grace", "hedy", "ivan",
    "jean", "katherine", "leslie", "margaret", "niklaus", "ole", "peter", "radia", "shafi", "tony",
)  # fmt: skip
_LAST = (
    "abara", "berg", "costa", "dumont", "eriksen", "fischer", "garcia", "hansen", "ito", "jansen",
    "kim", "lopez", "moreau", "nguyen", "okafor", "popov", "rossi", "silva", "tanaka", "weber",
)  # fmt: skip
RIGHT, MISTAKE, STUB, ABSENT, BROKEN = "right", "mistake", "stub", "absent", "broken"


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up submission. ``files`` maps a path below the class folder to its bytes; ``truth``
    tells for each topic what was handed in: ``("mistake", "freeze_encoder", its sentence)``."""

    name: str
    files: dict[str, bytes]
    truth: dict[str, tuple[str, ...]]


def made_up_class(assignment: Assignment, number: int, seed: int) -> Iterator[Made]:
    """``number`` submissions; the same for the same seed and assignment."""
    rng = Random(seed)
    names = _names(rng, number)
    for name in names:
        truth: dict[str, tuple[str, ...]] = {}
        sources: dict[str, str] = {}
        ability = rng.uniform(0.25, 1.0)
        for topic in assignment.topics:
            truth[topic.name], source = _work(topic, ability, rng)
            if source is not None:
                sources[topic.name] = source
        yield Made(name, _files(name, sources, rng), truth)


def _names(rng: Random, number: int) -> list[str]:
    pairs = [f"{first}-{last}" for first in _FIRST for last in _LAST]
    rng.shuffle(pairs)
    rounds = -(-number // len(pairs))
    every = [
        name if turn == 0 else f"{name}-{turn + 1}" for turn in range(rounds) for name in pairs
    ]
    return every[:number]


def _work(topic: Topic, ability: float, rng: Random) -> tuple[tuple[str, ...], str | None]:
    """What one student hands in for one topic: (what it is, its source)."""
    luck = rng.random()
    if luck < ability * 0.75:
        name = rng.choice(["reference", *sorted(topic.rights)])
        return (RIGHT, name), topic.rights.get(name, topic.reference)
    if luck < 0.9:
        task = rng.choice([task for task in topic.tasks if task.mistakes])
        mistake = rng.choice(task.mistakes)
        return (MISTAKE, task.function, mistake.sentence), mistake.source
    if luck < 0.94:
        return (STUB,), stub_of(topic)
    if luck < 0.98:
        return (ABSENT,), None
    return (BROKEN,), topic.reference.replace("return ", "return (", 1)


def _files(name: str, sources: dict[str, str], rng: Random) -> dict[str, bytes]:
    """The sources in one of the forms that students hand in."""
    form = rng.choice(["folders", "folders", "flat", "notebooks", "zip"])
    if not sources:
        return {f"{name}/.keep": b""}
    if form == "zip":
        inner = {f"{topic}/solution.py": text.encode() for topic, text in sources.items()}
        return {f"{name}.zip": _zip(inner)}
    if form == "flat":
        return {f"{name}/{topic}.py": text.encode() for topic, text in sources.items()}
    if form == "notebooks":
        return {
            f"{name}/{topic}/solution.ipynb": _notebook(text).encode()
            for topic, text in sources.items()
        }
    return {f"{name}/{topic}/solution.py": text.encode() for topic, text in sources.items()}


def _notebook(source: str) -> str:
    """The source as a notebook, a cell for each top-level statement with what stands before it."""
    lines = source.splitlines()
    try:
        ends = [node.end_lineno or 0 for node in ast.parse(source).body]
    except SyntaxError:
        ends = [len(lines)]
    starts = [0, *ends[:-1]]
    parts = [
        "\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, ends, strict=True)
    ]
    cells = [v4.new_code_cell(part) for part in parts if part]
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
    return str(nbformat.writes(v4.new_notebook(cells=cells)))


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # A fixed date: the same seed makes the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()
