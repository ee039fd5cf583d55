"""Seconds a submission: a fork of the warm process, contained, against a fresh Python process.

``python -m benchmarks.warm_vs_cold [-n SUBMISSIONS]``. Both run the same right solutions of every
topic on the same cases, in turn, single-threaded. CPU is user plus system time of every process
that takes part: for the warm side the grader, the warm process and all its children. The warm
process's own start is told apart, since it is paid once a class.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.course.location import ensure_built, environment
from grader.model import Job, Topic
from grader.plan import plan
from grader.sandbox import WarmSandbox
from grader.sandbox.environment import clean_environment
from grader.spec import load_assignment
from grader.versions import versions
from grader.worker.jobs import dump_job

REFERENCE = Path(__file__).parents[1] / "reference"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    cpu: float
    wall: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5, help="submissions to measure (5)")
    number = parser.parse_args(arguments).n
    topics = load_assignment(REFERENCE, "benchmark").topics
    home = ensure_built(print)
    began = _own_cpu(), time.monotonic()
    with WarmSandbox(home) as sandbox:
        sandbox.layers()
        pid = sandbox.pid
        start = Spent(_cpu_of(pid), time.monotonic() - began[1])
        warm, cold = [], []
        for turn in range(number):
            jobs = [_job(topic, turn) for topic in topics]
            warm.append(_spent(lambda j=jobs: _warm(sandbox, j), lambda: _own_cpu() + _cpu_of(pid)))
            cold.append(_spent(lambda j=jobs: _cold(home, j), _children_cpu))
    _print(topics, start, warm, cold)


def _job(topic: Topic, turn: int) -> Job:
    sources = [topic.reference, *topic.rights.values()]
    return plan(topic, sources[turn % len(sources)])


def _warm(sandbox: WarmSandbox, jobs: list[Job]) -> None:
    for job in jobs:
        sandbox.run(job)


def _cold(home: Path, jobs: list[Job]) -> None:
    lines = b"\n".join(dump_job(job) for job in jobs)
    subprocess.run(
        [sys.executable, "-m", "benchmarks.cold_run"],
        input=lines,
        env=clean_environment(environment(home)),
        cwd=REFERENCE.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _spent(work: Callable[[], None], clock: Callable[[], float]) -> Spent:
    cpu, wall = clock(), time.monotonic()
    work()
    return Spent(clock() - cpu, time.monotonic() - wall)


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _cpu_of(pid: int) -> float:
    """A process's own CPU seconds and those of its children that were waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def _print(topics: Sequence[Topic], start: Spent, warm: list[Spent], cold: list[Spent]) -> None:
    console = Console(highlight=False, width=88)
    cases = sum(len(task.cases) for topic in topics for task in topic.tasks)
    console.print(f"{len(topics)} topics, {cases} cases, {len(warm)} submissions; {_machine()}")
    table = Table("seconds a submission (median)", box=None, pad_edge=False)
    for name in ("CPU", "wall"):
        table.add_column(name, justify="right")
    for name, spent in (("warm fork, contained", warm), ("fresh process", cold)):
        cpu, wall = _median(spent)
        table.add_row(name, f"{cpu:.2f}", f"{wall:.2f}")
    ratios = [
        (other.cpu / one.cpu, other.wall / one.wall) for one, other in zip(warm, cold, strict=True)
    ]
    cpu, wall = (statistics.median(values) for values in zip(*ratios, strict=True))
    table.add_row("fresh : warm, pair by pair", f"{cpu:.1f} x", f"{wall:.1f} x")
    console.print(table)
    console.print(
        f"starting the warm process, once: {start.cpu:.1f} s CPU, {start.wall:.1f} s wall"
    )


def _median(spent: list[Spent]) -> tuple[float, float]:
    return (
        statistics.median(one.cpu for one in spent),
        statistics.median(one.wall for one in spent),
    )


def _machine() -> str:
    names = ("python", "torch", "transformers")
    found = ", ".join(f"{name} {value}" for name, value in versions() if name in names)
    return f"{os.cpu_count()} cores, {platform.machine()}, {found}"


if __name__ == "__main__":
    main()
