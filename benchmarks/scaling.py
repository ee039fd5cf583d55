"""How much faster two slots are than one, on this machine.

``python -m benchmarks.scaling [-n STUDENTS] [--turns TURNS]``. One class, no two texts of which are
the same, graded from nothing by ``grader grade --jobs 1`` and ``--jobs 2`` in turn; what the
reference and its mistakes do is known before. Seconds are of the clock and of the whole command,
the start of the warm processes included.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import keep, measured_on, show
from benchmarks.table import markdown as table_of
from benchmarks.thousands import REFERENCE, TOPICS, Ran, grade, run, write_class
from grader.session import open_session

SLOTS = (1, 2)
AIM = 1.8
_HEADINGS = ("slots", "wall s", "CPU s", "submissions a minute", "times one slot")


@dataclass(frozen=True, slots=True)
class Line:
    """Means of one number of slots. ``times`` is the median of the turns' own ratios."""

    slots: int
    students: int
    wall: float
    cpu: float
    times: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints the table and writes its section of ``docs/benchmarks.md``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=60, help="students (60)")
    parser.add_argument("--turns", type=int, default=3, help="of each number of slots (3)")
    asked = parser.parse_args(arguments)
    found = measure(asked.n, asked.turns)
    keep("scaling", found, markdown(found))
    show(_HEADINGS, map(_cells, found), words=0)


def measure(students: int, turns: int) -> list[Line]:
    """Every number of slots in turn, each from nothing."""
    with tempfile.TemporaryDirectory(prefix="scaling-") as name:
        folder = Path(name)
        shutil.copytree(REFERENCE, folder / "reference")
        with open_session(folder / "reference", TOPICS, "thousands", print) as session:
            session.course(os.cpu_count() or 1)  # the baselines, kept for what follows
            write_class(folder / "class", session.assignment, students)
        ran: dict[int, list[Ran]] = {slots: [] for slots in SLOTS}
        for turn in range(turns):
            for slots in SLOTS if turn % 2 == 0 else reversed(SLOTS):
                out = folder / f"out-{turn}-{slots}"
                ran[slots].append(run(grade(folder, out, "--jobs", str(slots))))
                shutil.rmtree(out)
    return [_line(slots, students, of, ran[SLOTS[0]]) for slots, of in ran.items()]


def _line(slots: int, students: int, ran: Sequence[Ran], single: Sequence[Ran]) -> Line:
    ratios = [one.wall / own.wall for own, one in zip(ran, single, strict=True)]
    wall, cpu = (statistics.mean(getattr(one, name) for one in ran) for name in ("wall", "cpu"))
    return Line(slots, students, wall, cpu, statistics.median(ratios))


def markdown(found: Sequence[Line]) -> str:
    """The section."""
    told = (
        f"`python -m benchmarks.scaling`: {found[0].students} submissions of {len(TOPICS)} topics, "
        "all texts different, graded from nothing by `grader grade --jobs N`, in turn; the whole "
        f"command. Aim for two slots: {AIM} times one."
    )
    table = table_of(_HEADINGS, map(_cells, found), words=0)
    return f"## Two slots and one\n\n{told}\n\n{table}\n\n{measured_on()}"


def _cells(one: Line) -> tuple[str, ...]:
    rate = 60 * one.students / one.wall
    return (
        *(str(one.slots), f"{one.wall:.1f}", f"{one.cpu:.1f}"),
        *(f"{rate:.0f}", f"{one.times:.2f}"),
    )


if __name__ == "__main__":
    main()
