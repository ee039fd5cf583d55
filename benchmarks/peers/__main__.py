"""The same hand-ins graded by this grader, otter-grader, nbgrader and plain pytest, side by side.

    python -m benchmarks.peers [--sample 6] [--class-size 100] [--only ours,pytest] [--no-trouble]

Ours grades a class; the others grade a sample of it, since they take minutes for that already.
Prints tables, and writes ``build/bench/peers.json`` and, when everybody took part, a section of
``docs/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks import table
from benchmarks.direct import Direct
from benchmarks.peers import report
from benchmarks.peers.contest import Peer
from benchmarks.peers.hand_ins import class_of, four_questions
from benchmarks.peers.nbgrader import Nbgrader
from benchmarks.peers.otter import Otter
from benchmarks.peers.ours import Ours
from benchmarks.peers.plain_pytest import Pytest
from benchmarks.peers.report import Findings, Measured
from benchmarks.peers.trouble import said, troubles
from benchmarks.peers.venvs import ROOT
from grader.course.location import ensure_built
from grader.model import Topic
from grader.plan import plan
from grader.session import parts_of

JSON = ROOT / "build" / "bench" / "peers.json"
OURS, ALL = "ours", ("ours", "pytest", "nbgrader", "otter")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints and writes."""
    asked = _asked(arguments)
    topic = four_questions()
    with _work() as work:
        peers = _peers(asked.only, work, topic)
        ours = Ours(work / OURS)
        found = Findings()
        _measure(found, ours if OURS in asked.only else None, peers, topic, asked)
        if OURS in asked.only:
            found.limit, found.start = _limit(topic, asked.class_size)
        if not asked.no_trouble:
            _trouble(found, [ours, *peers] if OURS in asked.only else peers, topic, asked.limit)
    report.show(found)
    JSON.parent.mkdir(parents=True, exist_ok=True)
    about = {"about": table.measured_on(), "class": asked.class_size}
    JSON.write_text(json.dumps({**about, **asdict(found)}, indent=1), encoding="utf-8")
    if set(asked.only) == set(ALL) and not asked.no_trouble:
        table.replace_section("peers", report.section(found, asked.limit))


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=6, help="hand-ins for each of the others (6)")
    parser.add_argument("--class-size", type=int, default=100, help="hand-ins for ours (100)")
    parser.add_argument("--only", default=",".join(ALL), help=f"some of {','.join(ALL)}")
    parser.add_argument("--no-trouble", action="store_true", help="only the sound hand-ins")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for trouble (120)")
    asked = parser.parse_args(arguments)
    asked.only = asked.only.split(",")
    if unknown := set(asked.only) - set(ALL):
        parser.error(f"--only {','.join(sorted(unknown))}: there are {', '.join(ALL)}")
    return asked


@contextmanager
def _work() -> Iterator[Path]:
    """A folder for everything that is handed in and written."""
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _peers(only: Sequence[str], work: Path, topic: Topic) -> list[Peer]:
    """The others that take part, installed."""
    home = ensure_built(_say)
    makers: Mapping[str, Callable[[], Peer]] = {
        "pytest": lambda: Pytest(work / "pytest", home),
        "nbgrader": lambda: Nbgrader(work / "nbgrader", home, topic.reference),
        "otter": lambda: Otter(work / "otter", home, topic.reference),
    }
    return [make() for name, make in makers.items() if name in only]


def _measure(
    found: Findings,
    ours: Ours | None,
    peers: Sequence[Peer],
    topic: Topic,
    asked: argparse.Namespace,
) -> None:
    """Ours and the others in turn, so that a machine that is busy for a while is so for both."""
    for number in range(max(len(peers), 1)):
        if ours is not None:
            _run_ours(found, ours, topic, asked.class_size, number, last=number >= len(peers) - 1)
        if number < len(peers):
            found.peers.append(_sampled(peers[number], topic, asked.sample))


def _run_ours(
    found: Findings, ours: Ours, topic: Topic, size: int, number: int, last: bool
) -> None:
    """The ``number``-th share of our own runs; the ``last`` share is all that is left."""
    different, repeated = [list(class_of(topic, size, signed=signed)) for signed in (True, False)]
    steps = [
        lambda: ours.run("ours, first run, 2 slots", different, 2, warm=False),
        lambda: ours.run("ours, 2 slots", different, 2),
        lambda: ours.run("ours, 1 slot", different, 1),
        lambda: ours.run("ours, texts repeat, 2 slots", repeated, 2),
    ]
    for step in steps[number : len(steps) if last else number + 1]:
        run = step()
        _say(f"{run.title}: {run.cpu:.2f} CPU s, {run.wall:.2f} s a submission")
        found.ours.append(run)
    if last:
        found.first = ours.run("a class of one", different[:1], 1, warm=False).spent
        found.again = ours.run("a class of one", different[:1], 1).spent


def _limit(topic: Topic, size: int) -> tuple[float, float]:
    """CPU seconds of the same class's cases directly in a warm process, a submission; and those of
    its start."""
    before = os.times()
    with Direct(ensure_built(_say), parts_of(topic)) as direct:
        direct.run(plan(topic, topic.reference))  # first calls are no submission's
        spent = [direct.run(plan(topic, one.source))[0].cpu for one in class_of(topic, size)]
    after = os.times()
    whole = sum(after[2:4]) - sum(before[2:4])
    return sum(spent) / size, max(0.0, whole - sum(spent))


def _sampled(peer: Peer, topic: Topic, number: int) -> Measured:
    once = peer.prepare()
    sample = peer.sample(list(class_of(topic, number)))
    _say(f"{peer.name}: {sample.cpu:.2f} CPU s, {sample.wall:.2f} s a submission")
    return Measured(peer.name, peer.version, peer.timeout, once, sample)


def _trouble(found: Findings, graders: Sequence[Ours | Peer], topic: Topic, limit: float) -> None:
    for trouble in troubles(topic.reference):
        cells = found.trouble.setdefault(trouble.title, {})
        for one in graders:
            cells[one.name] = said(trouble, one.grade(trouble.hand_in, limit), limit)
            _say(f"{trouble.title}, {one.name}: {cells[one.name]}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
