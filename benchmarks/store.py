"""What the store costs: milliseconds to begin, settle and recall, and bytes an observation.

``python -m benchmarks.store [-n SUBMISSIONS] [--store PATH-OR-URL]``. The records are real: the
reference, every right solution and every known mistake of some topics go through the sandbox once.
A made-up class then hands them in: three quarters of each call right, as most are, the rest one of
the mistakes, each from a source of its own. Commits are measured from one thread and from four.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.table import markdown as table_of
from benchmarks.table import measured_on, replace_section
from benchmarks.warm_vs_cold import REFERENCE
from grader.course.location import ensure_built
from grader.model import CallKey, CallRecord, Job, Observation, Topic
from grader.plan import plan
from grader.sandbox import WarmSandbox
from grader.spec import load_assignment
from grader.store import Store, open_store

TOPICS = ("pad_batch", "embeddings", "attentions")
SLOTS = 4
AT_ONCE = 300  # digests in one call of ``recall``: those of some 15 submissions


class Kinds(NamedTuple):
    """The different answers to one function, right ones first."""

    topic: str
    function: str
    right: tuple[CallRecord, ...]
    wrong: tuple[CallRecord, ...]


class Done(NamedTuple):
    """Milliseconds, each a mean."""

    begin: float
    settle: float
    together: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1000, help="submissions (1000)")
    parser.add_argument("--store", default="", help="where to measure (a file in the temp folder)")
    asked = parser.parse_args(arguments)
    kinds = list(_kinds())
    with tempfile.TemporaryDirectory() as folder:
        where = asked.store or str(Path(folder) / "store.db")
        _measure(where, kinds, asked.n)


def _kinds() -> Iterator[Kinds]:
    topics = [t for t in load_assignment(REFERENCE, "benchmark").topics if t.name in TOPICS]
    with WarmSandbox(ensure_built(print)) as sandbox:
        for topic in topics:
            right = [
                sandbox.run(plan(topic, one)) for one in (topic.reference, *topic.rights.values())
            ]
            for task in topic.tasks:
                wrong = [
                    sandbox.run(_job(topic, task.function, one.source)) for one in task.mistakes
                ]
                yield Kinds(
                    topic.name,
                    task.function,
                    tuple(_record(task.function, one) for one in right),
                    tuple(_record(task.function, one) for one in wrong),
                )


def _job(topic: Topic, function: str, source: str) -> Job:
    return plan(topic, source, functions=[function])


def _record(function: str, seen: Observation) -> CallRecord:
    known = (seen.layers, seen.load_output, seen.stopped, seen.wall, seen.cpu)
    return CallRecord(function, seen.outcomes[function], *known)


Found = list[tuple[CallKey, CallRecord]]


def _hand_in(kinds: Sequence[Kinds], number: int) -> list[Found]:
    """What each topic of a submission's runs found."""
    chance = random.Random(number)
    topics: dict[str, Found] = {}
    for kind in kinds:
        group = kind.right if chance.random() < 0.75 or not kind.wrong else kind.wrong
        # Right answers are mostly the same one bit for bit.
        record = group[0] if chance.random() < 0.8 else chance.choice(group)
        source = _digest(f"{kind.topic} of {number}")
        others = (_digest(f"{part} of {kind.function}") for part in ("call", "probes"))
        shared = (_digest("environment"), _digest("seed"))
        key = CallKey(kind.topic, kind.function, source, *others, *shared)
        topics.setdefault(kind.topic, []).append((key, record))
    return list(topics.values())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _measure(where: str, kinds: Sequence[Kinds], number: int) -> None:
    with open_store(where, "/benchmark") as store:
        for group in (one.right + one.wrong for one in kinds):
            attempt = store.begin("first", [])
            store.settle(attempt, [(_key_of(record), record) for record in group])
        content = store.size()
        whole = [_hand_in(kinds, one) for one in range(number)]
        one = _alone(store, whole[: number // 2])
        four = _together(store, whole[number // 2 :])
        taken = store.size()
    digests = [key.digest for topics in whole for found in topics for key, _ in found]
    with open_store(where, "/benchmark") as store:
        cold, warm = _recall(store, digests), _recall(store, digests)
    sizes, recalled = (content, taken), (cold, warm)
    rows = _rows(kinds, number, len(digests), one._replace(together=four), sizes, recalled)
    if where.startswith(tempfile.gettempdir()):  # the section is about SQLite
        replace_section("store", markdown(rows))
    _print(rows)


def _key_of(record: CallRecord) -> CallKey:
    return CallKey("first", record.function, _digest(str(id(record))), "", "", "", "")


def _alone(store: Store, whole: list[list[Found]]) -> Done:
    beginning = settling = 0.0
    jobs = 0
    for number, topics in enumerate(whole):
        for found in topics:
            start = time.perf_counter()
            attempt = store.begin(f"s{number}", [key for key, _ in found])
            begun = time.perf_counter()
            store.settle(attempt, found)
            beginning, settling = beginning + begun - start, settling + time.perf_counter() - begun
            jobs += 1
    return Done(beginning / jobs * 1e3, settling / jobs * 1e3, 0.0)


def _together(store: Store, whole: list[list[Found]]) -> float:
    """Milliseconds a job, begun and settled, when several slots hand in at once."""

    def slot(own: int) -> None:
        for topics in whole[own::SLOTS]:
            for found in topics:
                store.settle(store.begin(f"t{own}", [key for key, _ in found]), found)

    start = time.perf_counter()
    with ThreadPoolExecutor(SLOTS) as pool:
        for _ in pool.map(slot, range(SLOTS)):
            pass
    return (time.perf_counter() - start) / sum(map(len, whole)) * 1e3


def _recall(store: Store, digests: list[str]) -> float:
    """Milliseconds an observation."""
    start = time.perf_counter()
    for at in range(0, len(digests), AT_ONCE):
        part = digests[at : at + AT_ONCE]
        assert len(store.recall(part)) == len(part)
    return (time.perf_counter() - start) / len(digests) * 1e3


def markdown(rows: Sequence[tuple[str, str]]) -> str:
    """The section of ``docs/benchmarks.md``."""
    told = (
        f"`python -m benchmarks.store`, SQLite: a made-up class hands in what {', '.join(TOPICS)} "
        "and their mistakes do, each from a source of its own. `--store URL` measures PostgreSQL."
    )
    return f"## The store\n\n{told}\n\n{table_of(('', ''), rows)}\n\n{measured_on()}"


def _rows(
    kinds: Sequence[Kinds],
    number: int,
    observations: int,
    done: Done,
    sizes: tuple[int, int],
    recalled: tuple[float, float],
) -> list[tuple[str, str]]:
    different = sum(len(kind.right) + len(kind.wrong) for kind in kinds)
    return [
        ("submissions", f"{number}"),
        ("observations, of which differently made", f"{observations}, {different}"),
        ("bytes of what is different", f"{sizes[0]}"),
        ("bytes a repeated observation", f"{(sizes[1] - sizes[0]) / observations:.0f}"),
        ("begin, one thread", f"{done.begin:.2f} ms"),
        ("settle a topic's functions, one thread", f"{done.settle:.2f} ms"),
        (f"begin and settle, {SLOTS} threads, each job's share", f"{done.together:.2f} ms"),
        ("recall an observation, nothing remembered", f"{recalled[0]:.3f} ms"),
        ("recall an observation, all remembered", f"{recalled[1]:.3f} ms"),
    ]


def _print(rows: Sequence[tuple[str, str]]) -> None:
    table = Table("", box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, width=88).print(table)


if __name__ == "__main__":
    main()
