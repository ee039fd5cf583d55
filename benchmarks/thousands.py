"""A class of thousands: bytes of its store, seconds to judge it again, memory of the coordinator.

``python -m benchmarks.thousands [-n STUDENTS ...] [-t TOPIC ...]``. No two students of the class
hand in the same text (but for one in five, who hand in an archive), so little is recalled for being
equal; most right answers are equal all the same, as in any class. To have such a class without a
night of computing, what a text does is run once for all who differ from it by a comment alone;
everything after that (attempts, observations, judging, pages) is done for each student as
``grader grade`` does it. Then ``grader grade`` itself runs again: with nothing changed, and with a
hint of every topic changed, so that all is judged again. Seconds are of the clock, memory is the
largest of the coordinating process.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from benchmarks.table import keep, measured_on, show
from benchmarks.table import markdown as table_of
from grader.classroom import work_through
from grader.cli.grading import gradebook
from grader.cli.stored import open_class_store
from grader.model import Assignment, Job, Observation
from grader.publish import Publisher
from grader.sandbox import Runner
from grader.session import functions_of, names_of, open_session
from grader.submission import collect_class
from grader.synth import made_up_class

REFERENCE = Path(__file__).parents[1] / "reference"
# The course's topics that are about more than loading and plotting.
TOPICS = (
    *("tokenize", "pad_batch", "attentions", "training_loop"),
    *("trainer", "freeze_encoder", "generate"),
)
# A class of an evening, and one so large that memory would show if it grew.
_USUAL = ((3000, TOPICS), (1000, ("pad_batch",)), (10_000, ("pad_batch",)))
_MARK = re.compile(r"\n# student \d+\s*$")


@dataclass(frozen=True, slots=True)
class Measured:
    """One size of class. Memory in MB, the store in bytes."""

    students: int
    topics: int
    functions: int
    store: int
    fill_memory: float
    kept: float
    kept_memory: float
    judged: float
    judged_memory: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, nargs="*", help="students")
    parser.add_argument("-t", "--topic", action="append", help="only this topic; repeatable")
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    topics = tuple(asked.topic or TOPICS)
    if asked.fill:
        fill(asked.fill, asked.n[0], topics)
        return
    found = []
    for number, several in [(n, topics) for n in asked.n or ()] or _USUAL:
        found.append(measure(number, several))
        keep("thousands", found, markdown(found))  # the next one may take an hour
    show(_HEADINGS, map(_cells, found), words=0)


def measure(students: int, topics: Sequence[str] = TOPICS) -> Measured:
    """All of one size, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="thousands-") as name:
        folder = Path(name)
        shutil.copytree(REFERENCE, folder / "reference")
        command = [sys.executable, "-m", "benchmarks.thousands", "--fill", str(folder)]
        command += [word for topic in topics for word in ("--topic", topic)]
        filled = run([*command, "-n", str(students)])
        store, functions, memory = (int(word) for word in filled.said.split()[-3:])
        kept = run(grade(folder, folder / "out", topics=topics))
        for topic in topics:
            _change_a_hint(folder / "reference" / topic / "task.py")
        judged = run(grade(folder, folder / "out", topics=topics))
        return Measured(
            students,
            len(topics),
            functions,
            store,
            memory / 1024,
            kept.wall,
            kept.memory,
            judged.wall,
            judged.memory,
        )


def fill(folder: Path, students: int, wanted: Sequence[str]) -> None:
    """Grades a class, each text run once for all who differ by a comment; tells the size of the
    store, and how many functions were observed."""
    shared = Shared()
    with (
        open_session(folder / "reference", wanted, "thousands", print) as session,
        open_class_store(folder / "out") as store,
    ):
        write_class(folder / "class", session.assignment, students)
        book = gradebook(session.course(os.cpu_count() or 1), session, store)

        @contextmanager
        def opening() -> Iterator[Runner]:
            with session.open_runner() as runner:
                yield Sharing(shared, runner)

        topics, functions = names_of(session.assignment), functions_of(session.assignment)
        submissions = collect_class(folder / "class", topics, functions=functions)
        publisher = Publisher(folder / "out")
        for graded in work_through(submissions, opening, os.cpu_count() or 1, book.grade):
            publisher.add(graded.grade())
            book.keep([graded])
        publisher.finish()
        size = store.size()
    print(size, shared.functions, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


@dataclass(slots=True)
class Shared:
    """What texts did, without the students' comments."""

    known: dict[tuple[str, str, tuple[object, ...]], Observation] = field(default_factory=dict)
    functions: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Sharing:
    """A runner that runs each text once."""

    shared: Shared
    runner: Runner

    def run(self, job: Job) -> Observation:
        calls = tuple((call.function, call.doubles) for call in job.calls)
        key = (job.topic, _MARK.sub("", job.source), calls)
        with self.shared.lock:
            self.shared.functions += len(calls)
            found = self.shared.known.get(key)
        if found is None:
            found = self.runner.run(job)
            with self.shared.lock:
                self.shared.known[key] = found
        return found


def write_class(folder: Path, assignment: Assignment, students: int) -> None:
    """A made-up class, in which hardly two texts are the same."""
    for number, made in enumerate(made_up_class(assignment, students, 7)):
        for name, data in made.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_marked(name, data, f"# student {number}\n"))


def _marked(name: str, data: bytes, mark: str) -> bytes:
    """The file with a comment of the student's own; archives stay as they are."""
    if name.endswith(".py"):
        return data + f"\n{mark}".encode()
    if name.endswith(".ipynb"):
        notebook = nbformat.reads(data.decode(), as_version=4)
        notebook.cells[-1]["source"] += f"\n{mark}"
        return nbformat.writes(notebook).encode()
    return data


def _change_a_hint(file: Path) -> None:
    text = file.read_text()
    changed = re.sub(r'hint="', 'hint="(Changed.) ', text, count=1)
    if changed == text:
        raise SystemExit(f"{file} has no hint to change")
    file.write_text(changed)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command's seconds of the clock and of processors, and the largest memory in MB that one of
    its processes took."""

    wall: float
    cpu: float
    memory: float
    said: str


def grade(folder: Path, out: Path, *more: str, topics: Sequence[str] = TOPICS) -> list[str]:
    """The command that grades the class in ``folder`` with the reference there."""
    command = [sys.executable, "-m", "grader", "grade", str(folder / "class"), "-o", str(out)]
    command += ["--reference", str(folder / "reference")]
    command += [word for topic in topics for word in ("--topic", topic)]
    return [*command, "--seed", "thousands", "--json", *more]


def run(command: Sequence[str]) -> Ran:
    """Runs it. Raises ``SystemExit`` when it fails."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        said.seek(0)
        text = said.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Ran(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


_HEADINGS = (
    *("students", "topics", "functions", "store, MB", "nothing changed, s", "judged again, s"),
    "memory, MB (first run, nothing changed, judged again)",
)


def markdown(found: Sequence[Measured]) -> str:
    """The section of ``docs/benchmarks.md``."""
    told = (
        "`python -m benchmarks.thousands`: `grader grade` over a class that is graded already, "
        "with nothing changed, and with a hint of every topic changed, so that every function is "
        "judged again and every page drawn again. Memory is the coordinator's largest; in the "
        "first run, which is this benchmark's own, with all that it remembers of what texts do."
    )
    table = table_of(_HEADINGS, map(_cells, found), words=0)
    return f"## A class of thousands\n\n{told}\n\n{table}\n\n{measured_on()}"


def _cells(one: Measured) -> tuple[str, ...]:
    memory = (one.fill_memory, one.kept_memory, one.judged_memory)
    return (
        f"{one.students:,}",
        f"{one.topics}",
        f"{one.functions:,}",
        f"{one.store / 1e6:.0f}",
        f"{one.kept:.1f}",
        f"{one.judged:.1f}",
        ", ".join(f"{each:.0f}" for each in memory),
    )


if __name__ == "__main__":
    main()
