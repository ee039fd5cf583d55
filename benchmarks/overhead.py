"""What grading costs beside the student's own computing, in CPU and wall seconds.

    python -m benchmarks.overhead [-n ROUNDS] [-t TOPIC ...] [--no-judge] [--json]

Side by side in one run, in turn, for each topic: a contained job of a right solution
(``WarmSandbox.run``, with planning before and decoding within), and the same cases of the same
source directly in a warm process (``direct_host``), which is the limit. Then the fixed cost: the
same for a submission whose functions do nothing, where the limit is the making of the inputs.

CPU is that of every process that takes part: this one, the warm process, the child and all its
forks, and the keeper, whose own children the kernel counts in hundredths alone, so that their share
is a mean over the run. Cases alone are compared by the clock on the wall: a process whose processor
time is limited reads that time in ticks of some milliseconds. The first round of each kind warms up
and is not counted. Judging is told apart; it needs all that the reference and its mistakes do,
which takes minutes when the sandbox's code has changed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contained import Clock, contained
from benchmarks.direct import Direct, Spent
from benchmarks.idle_parts import IdleParts, idle_parts
from benchmarks.table import markdown as table_of
from benchmarks.table import measured_on, replace_section
from grader.judge import judge_topic
from grader.model import Job, Observation, Raised, Returned, Source, Topic
from grader.plan import plan
from grader.sandbox import WarmSandbox
from grader.session import Session, open_session

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "bench" / "overhead.json"
# The first seven topics of the course, which the aims were set for.
TOPICS = (
    "tokenize",
    "pad_batch",
    "attentions",
    "training_loop",
    "trainer",
    "freeze_encoder",
    "generate",
)
AIM_RATIO, AIM_FIXED = 1.5, 0.060  # times the limit; seconds a submission and topic


@dataclass(frozen=True, slots=True)
class Round:
    """One job, ours and directly: in all, and the sum of its cases."""

    ours: Spent
    limit: Spent
    our_cases: Spent
    limit_cases: Spent


@dataclass(frozen=True, slots=True)
class Line:
    """A topic's medians. ``ratio`` is that of rounds, pair by pair; ``judge`` one submission's."""

    topic: str
    functions: int
    cases: int
    ours: Spent
    limit: Spent
    ratio: Spent
    case_ratio: Spent
    idle: Spent
    idle_limit: Spent
    judge: Spent | None

    @property
    def fixed(self) -> Spent:
        """What a job costs whose functions do nothing, beyond the making of their inputs."""
        return Spent(self.idle.cpu - self.idle_limit.cpu, self.idle.wall - self.idle_limit.wall)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints the table and writes ``build/bench/overhead.json``; with all topics and
    judging, its section of ``docs/benchmarks.md``, too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=9, help="rounds that count (9)")
    parser.add_argument("-t", "--topic", action="append", help="only this topic; repeatable")
    parser.add_argument("--no-judge", dest="judge", action="store_false", help="without judging")
    parser.add_argument("--json", action="store_true", help="figures alone")
    asked = parser.parse_args(arguments)
    figures = measure(asked.n, asked.topic or TOPICS, asked.judge)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1) + "\n")
    if asked.judge and not asked.topic:
        replace_section("overhead", markdown(figures))
    if asked.json:
        json.dump(figures, sys.stdout, indent=1)
    else:
        show(figures)


def measure(rounds: int, names: Sequence[str], judge: bool) -> dict[str, Any]:
    """All figures, as plain data."""
    session = open_session(ROOT / "reference", names, "benchmark", _tell)
    home, parts = session.home, session.parts()
    with session, WarmSandbox(home, parts=parts) as sandbox, Direct(home, parts) as direct:
        layers = sandbox.layers()
        judged = _judged(session, sandbox) if judge else {}
        clock = Clock(sandbox.pid)
        kept = clock.rooms()
        found = []
        for topic in session.assignment.topics:
            busy = list(_rounds(topic, rounds, sandbox, direct, clock, _right))
            idle = list(_rounds(topic, rounds, sandbox, direct, clock, _idle))
            found.append((topic, busy, idle))
        room = (clock.rooms() - kept) / (2 * (rounds + 1) * len(found))
        parted = _parted(session.assignment.topics, rounds, sandbox, clock, room)
        lines = [_line(*one, room, judged.get(one[0].name)) for one in found]
    return {
        "measured": f"{measured_on()[:-1]}; {rounds} rounds.",
        "layers": layers,
        "rounds": rounds,
        "room_cpu": room,
        "idle_parts": asdict(parted),
        "topics": [asdict(line) | {"fixed": asdict(line.fixed)} for line in lines],
    }


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def show(figures: dict[str, Any]) -> None:
    """The table, and how far the aims are."""
    console = Console(highlight=False, width=112)
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(_HEADINGS):
        table.add_column(name, justify="right" if number else "left")
    for row in rows(figures):
        table.add_row(*row)
    console.print(table)
    console.print(f"\n{summary(figures)}\n{figures['measured']}\n{', '.join(figures['layers'])}")


def markdown(figures: dict[str, Any] | None = None) -> str:
    """The section of docs/benchmarks.md: of these figures, or of those of the last run."""
    known = figures or json.loads(OUT.read_text())
    told = (
        "`python -m benchmarks.overhead`: a contained job of a right submission (*ours*) beside "
        "the same cases run directly in a warm process (*limit*); the same of functions that do "
        "nothing (*idle*; *fixed* is without the making of the inputs). Milliseconds a submission "
        "and topic, CPU / wall, medians."
    )
    lines = f"{summary(known)} {known['measured']}"
    return f"## Close to the limit\n\n{told}\n\n{table_of(_HEADINGS, rows(known))}\n\n{lines}\n"


_NONE = {"cpu": 0.0, "wall": 0.0}
_HEADINGS = ("topic", "cases", "ours", "limit", "ratio", "cases, wall", "idle", "fixed", "judge")


def rows(figures: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The table's lines, as text; the last one is the sum."""
    lines = figures["topics"]
    for line in lines:
        yield (
            line["topic"],
            str(line["cases"]),
            *(_both(line[name], 1e3, 0) for name in ("ours", "limit")),
            _both(line["ratio"], 1, 2),
            f"{line['case_ratio']['wall']:.2f}",
            *(_both(line[name], 1e3, 0) for name in ("idle", "fixed", "judge")),
        )
    ours, limit = _sum(lines, "ours"), _sum(lines, "limit")
    ratio = {key: ours[key] / limit[key] for key in ours}
    sums = (_both(_sum(lines, name), 1e3, 0) for name in ("idle", "fixed", "judge"))
    cases = str(sum(line["cases"] for line in lines))
    yield "all", cases, _both(ours, 1e3, 0), _both(limit, 1e3, 0), _both(ratio, 1, 2), "", *sums


def summary(figures: dict[str, Any]) -> str:
    """The aims and what was reached, in a sentence."""
    lines = figures["topics"]
    ours, limit, fixed = (_sum(lines, name) for name in ("ours", "limit", "fixed"))
    ratio = {key: ours[key] / limit[key] for key in ours}
    mean = {key: value / len(lines) for key, value in fixed.items()}
    return (
        f"A submission takes {_both(ratio, 1, 2)} times the limit (aim: at most {AIM_RATIO}); "
        f"the fixed cost is {_both(mean, 1e3, 0)} ms a topic (aim: at most {AIM_FIXED * 1e3:.0f})."
        f"{_of_parts(figures)}"
    )


def _of_parts(figures: dict[str, Any]) -> str:
    found = figures["idle_parts"]
    job, function = (_both(found[name], 1e3, 1) for name in ("job", "function"))
    case = _both(found["case"], 1e3, 2)
    functions = sum(line["functions"] for line in figures["topics"])
    mean = functions / len(figures["topics"])
    return (
        f" Without inputs a job takes {job} ms, each function (a topic has {mean:.1f}) {function} "
        f"besides, each case {case}; the rest is that inputs are first made in every fork anew."
    )


def _sum(lines: Sequence[dict[str, Any]], name: str) -> dict[str, float]:
    return {key: sum((line[name] or _NONE)[key] for line in lines) for key in ("cpu", "wall")}


def _both(spent: dict[str, float] | None, scale: float, digits: int) -> str:
    if spent is None:
        return "-"
    return f"{spent['cpu'] * scale:.{digits}f} / {spent['wall'] * scale:.{digits}f}"


def _rounds(
    topic: Topic,
    number: int,
    sandbox: WarmSandbox,
    direct: Direct,
    clock: Clock,
    source_of: Callable[[Topic, int], str],
) -> Iterator[Round]:
    for turn in range(-1, number):
        source = source_of(topic, max(turn, 0))
        ours, observation = contained(partial(plan, topic, source), sandbox, clock)
        limit, limit_cases = direct.run(plan(topic, source))
        if turn >= 0:
            yield Round(ours, limit, _of_cases(observation), limit_cases)


def _of_cases(observation: Observation) -> Spent:
    done = [
        outcome
        for cases in observation.outcomes.values()
        for outcome in cases.values()
        if isinstance(outcome, Returned | Raised)
    ]
    return Spent(sum(one.cpu for one in done), sum(one.wall for one in done))


def _parted(
    topics: Sequence[Topic], rounds: int, sandbox: WarmSandbox, clock: Clock, room: float
) -> IdleParts:
    """Of the topic with the most cases."""
    topic = max(topics, key=_cases_of)

    def run(job: Job) -> Spent:
        return _with(contained(lambda: job, sandbox, clock)[0], room)

    return idle_parts(plan(topic, _idle(topic, 0)), rounds, run)


def _cases_of(topic: Topic) -> int:
    return sum(len(task.cases) for task in topic.tasks)


def _right(topic: Topic, turn: int) -> str:
    sources = [topic.reference, *topic.rights.values()]
    return sources[turn % len(sources)]


def _idle(topic: Topic, _: int) -> str:
    return "".join(f"def {task.function}(*_, **__):\n    pass\n\n\n" for task in topic.tasks)


def _judged(session: Session, sandbox: WarmSandbox) -> dict[str, Spent]:
    """Judging the reference of each topic, the best of three."""
    known = session.course(slots=1).baselines
    found = {}
    for topic in session.assignment.topics:
        observation = sandbox.run(plan(topic, topic.reference))
        source = Source(topic.name, "solution.py", topic.reference)
        taken = []
        for _ in range(3):
            cpu, wall = time.process_time(), time.monotonic()
            judge_topic(topic, known[topic.name], observation, source)
            taken.append(Spent(time.process_time() - cpu, time.monotonic() - wall))
        found[topic.name] = min(taken, key=lambda spent: spent.cpu)
    return found


def _line(
    topic: Topic, busy: list[Round], idle: list[Round], room: float, judged: Spent | None
) -> Line:
    return Line(
        topic.name,
        len(topic.tasks),
        _cases_of(topic),
        _median([_with(one.ours, room) for one in busy]),
        _median([one.limit for one in busy]),
        _median([_ratio(_with(one.ours, room), one.limit) for one in busy]),
        _median([_ratio(one.our_cases, one.limit_cases) for one in busy]),
        _median([_with(one.ours, room) for one in idle]),
        _median([one.limit for one in idle]),
        judged,
    )


def _with(spent: Spent, room: float) -> Spent:
    return Spent(spent.cpu + room, spent.wall)


def _ratio(one: Spent, other: Spent) -> Spent:
    return Spent(one.cpu / other.cpu, one.wall / other.wall)


def _median(spent: Sequence[Spent]) -> Spent:
    return Spent(
        statistics.median(one.cpu for one in spent), statistics.median(one.wall for one in spent)
    )


if __name__ == "__main__":
    main()
