"""What reports cost: a class of thousands, the same class again, and again with some changed.

``python -m benchmarks.rendering [-n STUDENTS] [--graded FOLDER]``. In: a small made-up class, which
is graded first, or a results folder of one. Out: a table, and ``build/bench/rendering.json``.

The grades are those of the small class under other names. Every other student's failures have a
text and a value of their own, so that what is drawn once for all who fail alike is drawn for half
of them. Each measurement is a fresh process, one after another: the grader draws reports in the
process that collects the grades. Times are those of the publisher alone: making up grades is not
counted, reading them back from ``result.json`` is.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.table import measured_on, replace_section
from grader.model import CheckResult, FunctionGrade, Grade, Status, TopicGrade
from grader.publish import Publisher, stored_grades

BUILD = Path(__file__).parents[1] / "build" / "bench"
FILE = BUILD / "rendering.json"
TOPICS = (
    "tokenize",
    "pad_batch",
    "embeddings",
    "attentions",
    "training_loop",
    "freeze_encoder",
    "task_heads",
)
COLUMNS = ("submissions", "wall s", "CPU s", "CPU ms each", "peak MB")
SMALL = 24  # submissions that are graded
CHANGED = 100  # one in so many changes


@dataclass(frozen=True, slots=True)
class Spent:
    """One measurement: seconds of ``submissions``, and the process's largest memory in MB."""

    name: str
    submissions: int
    wall: float
    cpu: float
    peak: float

    @property
    def each(self) -> float:
        """Milliseconds of processor a submission."""
        return 1000 * self.cpu / self.submissions


@dataclass(slots=True)
class Watch:
    """Adds up what is done while it runs."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> Watch:
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints the table and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=3000, help="students (3000)")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10000], help="for memory")
    parser.add_argument("--graded", type=Path, help="a results folder to take grades of")
    parser.add_argument(
        "--one", nargs=3, metavar=("KIND", "STUDENTS", "OUT"), help=argparse.SUPPRESS
    )
    chosen = parser.parse_args(arguments)
    if chosen.one:
        kind, students, out = chosen.one
        print(json.dumps(asdict(_KINDS[kind](chosen.graded, int(students), Path(out)))))
        return
    found = _measure(chosen.n, chosen.sizes, chosen.graded or _grade_a_class(BUILD / "rendering"))
    FILE.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n")
    replace_section("rendering", markdown())
    _print(found)


def markdown() -> str:
    """The section of ``docs/benchmarks.md``, from what was measured last."""
    found = [Spent(**each) for each in json.loads(FILE.read_text())]
    lines = [f"| | {' | '.join(COLUMNS)} |", "|:--" + "|--:" * len(COLUMNS) + "|"]
    lines += ["| " + " | ".join(_cells(each)) + " |" for each in found]
    return (
        "## Reports\n\n`python -m benchmarks.rendering`: `result.json` and both pages of every "
        f"submission ({len(TOPICS)} topics), the class page and the table, in one process.\n\n"
        + "\n".join(lines)
        + f"\n\n{measured_on()}"
    )


def _measure(students: int, sizes: Sequence[int], graded: Path) -> list[Spent]:
    out = BUILD / "rendering" / "out"
    shutil.rmtree(out, ignore_errors=True)
    found = [_apart(kind, students, out, graded) for kind in _KINDS if kind != "memory"]
    found += [_apart("memory", size, out, graded) for size in (1, *sizes)]
    shutil.rmtree(out)
    return found


def _apart(kind: str, students: int, out: Path, graded: Path) -> Spent:
    """One measurement in a process of its own, since the largest memory never falls again."""
    command = [sys.executable, "-m", "benchmarks.rendering", "--graded", str(graded)]
    command += ["--one", kind, str(students), str(out)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Spent(**json.loads(run.stdout))


def _grade_a_class(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    topics = [part for topic in TOPICS for part in ("-t", topic)]
    grader = [sys.executable, "-m", "grader"]
    made, graded = folder / "class", folder / "graded"
    for command in (
        [*grader, "synth", "-n", str(SMALL), "--seed", "3", "-o", str(made), *topics],
        [*grader, "grade", str(made), "-o", str(graded), "--seed", "bench", *topics],
    ):
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return graded


def _first(graded: Path, students: int, out: Path) -> Spent:
    return _publish("all of them", _class(graded, students), out)


def _again(graded: Path, students: int, out: Path) -> Spent:
    return _publish("again, nothing changed", _class(graded, students), out)


def _one_percent(graded: Path, students: int, out: Path) -> Spent:
    return _publish("again, 1 % changed", _class(graded, students, changed=True), out)


def _report(graded: Path, students: int, out: Path) -> Spent:
    return _draw("`grader report`, nothing to do", students, out, afresh=False)


def _report_all(graded: Path, students: int, out: Path) -> Spent:
    return _draw("`grader report --all`", students, out, afresh=True)


def _memory(graded: Path, students: int, out: Path) -> Spent:
    """All of them, but each folder goes when it is written, to spare the disk."""
    return _publish(
        "all of them, folders removed", _class(graded, students), out / "memory", keep=False
    )


_KINDS = {
    "first": _first,
    "again": _again,
    "one percent": _one_percent,
    "report": _report,
    "report all": _report_all,
    "memory": _memory,
}


def _publish(name: str, grades: Iterator[Grade], out: Path, keep: bool = True) -> Spent:
    watch, publisher = Watch(), Publisher(out)
    for grade in grades:
        with watch:
            publisher.add(grade)
            publisher.refresh()
        if not keep:
            shutil.rmtree(out / grade.submission)
    with watch:
        rows = publisher.finish()
    return _spent(name, len(rows), watch)


def _draw(name: str, students: int, out: Path, *, afresh: bool) -> Spent:
    watch, publisher = Watch(), Publisher(out, afresh)
    with watch:
        for _ in publisher.draw_again():
            pass
        rows = publisher.finish()
    assert len(rows) == students
    return _spent(name, len(rows), watch)


def _spent(name: str, submissions: int, watch: Watch) -> Spent:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Spent(name, submissions, watch.wall, watch.cpu, peak)


def _class(graded: Path, students: int, *, changed: bool = False) -> Iterator[Grade]:
    """The small class's grades, again and again, each under a name of its own."""
    few = list(stored_grades(graded))
    for number, grade in enumerate(islice(cycle(few), students)):
        mark = f"student {number}" if number % 2 else ""
        mark += " changed" if changed and number % CHANGED == 0 else ""
        topics = tuple(_own_topic(topic, mark) for topic in grade.topics) if mark else grade.topics
        yield replace(grade, submission=f"student-{number:05d}", topics=topics)


def _own_topic(topic: TopicGrade, mark: str) -> TopicGrade:
    return replace(topic, functions=tuple(_own_function(each, mark) for each in topic.functions))


def _own_function(function: FunctionGrade, mark: str) -> FunctionGrade:
    return replace(function, checks=tuple(_own_result(each, mark) for each in function.checks))


def _own_result(result: CheckResult, mark: str) -> CheckResult:
    if result.status is not Status.FAILED:
        return result
    found = result.difference
    difference = replace(found, got=f"{found.got} {mark}") if found else None
    return replace(result, message=f"{result.message} {mark}", output=mark, difference=difference)


def _print(found: Sequence[Spent]) -> None:
    table = Table("reports", box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for each in found:
        table.add_row(*_cells(each))
    Console(highlight=False, width=100).print(table)


def _cells(each: Spent) -> tuple[str, ...]:
    numbers = (f"{each.wall:.1f}", f"{each.cpu:.1f}", f"{each.each:.1f}", f"{each.peak:.0f}")
    return (each.name, f"{each.submissions:,}", *numbers)


if __name__ == "__main__":
    main()
