"""Honest programs: what students' code may do, and must be able to do behind every layer.

In: the files of ``honest/``, each with a function ``program`` that returns plain data or tensors,
and the course's own right solutions. Out: ``Program`` values, each of which makes a job.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.model import Call, Case, Job, Limits, Topic
from grader.plan import plan
from grader.spec import load_assignment

FOLDER = Path(__file__).parent / "honest"
_REFERENCE = Path(__file__).parents[2] / "reference"
_ROOM = Limits(wall=60.0)


@dataclass(frozen=True)
class Program:
    """One honest program; ``does`` is the first line of its docstring."""

    name: str
    does: str
    job: Job


def _files() -> list[Program]:
    found = []
    for file in sorted(FOLDER.glob("*.py")):
        source = file.read_text()
        case = Case("once", {}, public=True, seed=1)
        call = Call("program", (case,), limits=_ROOM)
        does = source.split('"""')[1].strip()
        found.append(Program(file.stem, does, Job("honest", source, file.name, (call,))))
    return found


def _solutions() -> list[Program]:
    """Of each topic the reference and another right solution; all of them with ``GRADER_ALL``."""
    found = []
    for topic in load_assignment(_REFERENCE, "honest").topics:
        sources = {"the reference": topic.reference, **topic.rights}
        kept = sources if os.environ.get("GRADER_ALL") else dict(list(sources.items())[:2])
        found += [_solution(topic, name, source) for name, source in kept.items()]
    return found


def _solution(topic: Topic, name: str, source: str) -> Program:
    return Program(f"{topic.name}: {name}", "a right solution, on all cases", plan(topic, source))


PROGRAMS: tuple[Program, ...] = (*_files(), *_solutions())
