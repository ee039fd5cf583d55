"""What a class costs: CPU seconds a submission, topic by topic, and core hours of a large course.

``python -m benchmarks.cost [-n SUBMISSIONS] [--of 100000]``. Grades a made-up class (right work and
mistakes, as `grader synth` makes it) one after the other. CPU is user plus system time: of the
sandbox's processes, and of the trusted process with reading, decoding, judging. On a cluster the
first is a worker's, the second is shared between worker and coordinator.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.table import markdown as table_of
from benchmarks.table import measured_on, replace_section
from benchmarks.warm_vs_cold import REFERENCE, TICKS, _machine
from grader.grade import Course, grade_submission
from grader.model import Assignment, Submission
from grader.sandbox import WarmSandbox
from grader.session import functions_of, names_of, open_session
from grader.submission import collect_class
from grader.synth import made_up_class
from grader.worker.containment.leftovers import descendants


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one submission's topic: the sandbox's processes, and the trusted one."""

    sandbox: float
    trusted: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=20, help="submissions to measure (20)")
    parser.add_argument("--of", type=int, default=100_000, help="submissions of the course")
    asked = parser.parse_args(arguments)
    with open_session(REFERENCE, [], "benchmark", print) as session:
        course = session.course(os.cpu_count() or 1)
        submissions = list(_class(session.assignment, asked.n))
        with WarmSandbox(session.home) as sandbox:
            sandbox.layers()
            found = _measured(submissions, course, sandbox)
    replace_section("cost", markdown(found, asked.n, asked.of))
    _print(found, asked.n, asked.of)


def _class(assignment: Assignment, number: int) -> Iterator[Submission]:
    with tempfile.TemporaryDirectory() as folder:
        for made in made_up_class(assignment, number, seed=11):
            for name, data in made.files.items():
                file = Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        names = names_of(assignment)
        yield from collect_class(Path(folder), names, functions=functions_of(assignment))


def _measured(
    submissions: list[Submission], course: Course, sandbox: WarmSandbox
) -> dict[str, list[Cost]]:
    found = defaultdict(list)
    for submission in submissions:
        for topic in course.assignment.topics:
            alone = replace(course, assignment=Assignment((topic,)))
            before = _sandbox_cpu(), time.process_time()
            grade_submission(submission, alone, sandbox)
            after = _sandbox_cpu(), time.process_time()
            found[topic.name].append(Cost(after[0] - before[0], after[1] - before[1]))
    return found


def _sandbox_cpu() -> float:
    """CPU seconds of all processes below this one, and of those they waited for. A run's are over
    and waited for when it has its observation."""
    total = 0
    for pid in descendants():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


_HEADINGS = ("CPU seconds a submission (mean)", "sandbox", "trusted", "both")


def _rows(found: dict[str, list[Cost]]) -> Iterator[tuple[str, ...]]:
    for topic, costs in found.items():
        yield topic, *_means(costs)
    yield "all", *_means([_sum(costs) for costs in zip(*found.values(), strict=True)])


def _sum(costs: Iterable[Cost]) -> Cost:
    known = list(costs)
    return Cost(sum(cost.sandbox for cost in known), sum(cost.trusted for cost in known))


def _means(costs: Sequence[Cost]) -> tuple[str, ...]:
    whole = _sum(costs)
    sandbox, trusted = whole.sandbox / len(costs), whole.trusted / len(costs)
    return f"{sandbox:.2f}", f"{trusted:.3f}", f"{sandbox + trusted:.2f}"


def _summary(found: dict[str, list[Cost]], number: int) -> str:
    whole = _sum(cost for costs in found.values() for cost in costs)
    measured = len(next(iter(found.values())))
    hours = number * (whole.sandbox + whole.trusted) / measured / 3600
    return f"{number:,} submissions of all topics: {hours:,.0f} core hours."


def markdown(found: dict[str, list[Cost]], measured: int, number: int) -> str:
    """The section of ``docs/benchmarks.md``."""
    told = (
        f"`python -m benchmarks.cost`: {measured} submissions of a made-up class. The sandbox's "
        "processes are a worker's on a cluster; *trusted* is reading, decoding and judging, where "
        f"the class is graded. {_summary(found, number)}"
    )
    table = table_of(_HEADINGS, _rows(found))
    return f"## What a course costs\n\n{told}\n\n{table}\n\n{measured_on()}"


def _print(found: dict[str, list[Cost]], measured: int, number: int) -> None:
    console = Console(highlight=False, width=88)
    console.print(f"{measured} submissions; {_machine()}")
    table = Table(_HEADINGS[0], box=None, pad_edge=False)
    for name in _HEADINGS[1:]:
        table.add_column(name, justify="right")
    for row in _rows(found):
        table.add_row(*row)
    console.print(table)
    console.print(_summary(found, number))


if __name__ == "__main__":
    main()
