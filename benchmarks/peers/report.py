"""The comparison as tables: on the terminal, and as a section of ``docs/benchmarks.md``.

In: what was measured. Out: text. Nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks import table
from benchmarks.peers.contest import Sample
from benchmarks.peers.measure import Spent
from benchmarks.peers.ours import Run

# Times fewer CPU seconds a submission than theirs, everything included.
AIMS: Mapping[str, float] = {"otter-grader": 55, "nbgrader": 40, "pytest": 25}
_COSTS = ("CPU s a submission", "wall s a submission", "peak MiB")


@dataclass(frozen=True, slots=True)
class Measured:
    """One other grader: its name, version, what it has against endless loops, what staff pays once
    an assignment, and a sample of hand-ins."""

    name: str
    version: str
    timeout: str
    once: Spent | None
    sample: Sample


@dataclass(slots=True)
class Findings:
    """Everything that was measured in one run. ``first`` and ``again`` are a class of one, before
    and after it is known what the reference does; ``trouble`` has a cell for each hand-in's title
    and grader; ``limit`` are the CPU seconds a submission of the cases alone, in a process in which
    everything is warm, and ``start`` those that such a process takes to start."""

    ours: list[Run] = field(default_factory=list)
    limit: float = 0.0
    start: float = 0.0
    first: Spent | None = None
    again: Spent | None = None
    peers: list[Measured] = field(default_factory=list)
    trouble: dict[str, dict[str, str]] = field(default_factory=dict)


Rows = list[tuple[str, ...]]


def costs(found: Findings) -> tuple[Sequence[str], Rows]:
    """What a submission costs with each."""
    rows = [_cost(run.title, run.number, run.cpu, run.wall, run.spent.peak) for run in found.ours]
    for peer in found.peers:
        sample = peer.sample
        name = f"{peer.name} {peer.version}"
        rows.append(_cost(name, sample.number, sample.cpu, sample.wall, sample.peak))
    return ("", "submissions", *_COSTS), rows


def ratios(found: Findings) -> tuple[Sequence[str], Rows]:
    """How many times our CPU seconds each of the others takes."""
    rows = []
    for peer in found.peers:
        times = [f"{peer.sample.cpu / run.cpu:.0f} ×" for run in found.ours]
        rows.append((peer.name, f"{AIMS[peer.name]:g} ×", *times))
    return ("CPU seconds, theirs : ours", "aim", *(run.title for run in found.ours)), rows


def trouble(found: Findings) -> tuple[Sequence[str], Rows]:
    """What each made of the hand-ins that make trouble."""
    graders = list(dict.fromkeys(name for cells in found.trouble.values() for name in cells))
    rows = [
        (title, *(cells.get(name, "") for name in graders))
        for title, cells in found.trouble.items()
    ]
    return ("points of 8", *graders), rows


def notes(found: Findings) -> Iterator[str]:
    """What the tables do not say."""
    yield from _limit(found)
    if found.first is not None and found.again is not None:
        yield (
            f"Ours takes {found.again.cpu:.1f} CPU s for a class of one, most of it the start of "
            f"the warm process, and {found.first.cpu:.1f} CPU s when it does "
            "not remember yet what the reference and its mistakes do, as in the first run."
        )
    for peer in found.peers:
        once = [("an assignment", peer.once), ("a class", peer.sample.once)]
        paid = [f"{spent.cpu:.1f} CPU s {what}" for what, spent in once if spent is not None]
        if paid:
            yield f"{peer.name}, paid once and not in the table: {', '.join(paid)}."
        if peer.sample.perfect:
            listed = ", ".join(f"{cpu:.1f}" for cpu in peer.sample.perfect)
            yield f"{peer.name}, CPU s of each perfect submission: {listed}."
    yield from _other_verdicts(found)
    for peer in found.peers:
        yield f"{peer.name} against endless loops: {peer.timeout}."


def _limit(found: Findings) -> Iterator[str]:
    """What there is to gain at most."""
    if not (found.limit and found.ours):
        return
    least = found.limit + found.start / found.ours[0].number
    best = ", ".join(f"{peer.sample.cpu / least:.0f} × {peer.name}" for peer in found.peers)
    yield (
        "The cases alone, run directly in one warm process, with no sandbox, no judge and no "
        f"report, take {found.limit:.3f} CPU s a submission, and its start {found.start:.1f} s. "
        f"A grader that cost nothing besides would be at {least:.2f} CPU s"
        + (f": {best}." if best else ".")
    )


def _other_verdicts(found: Findings) -> Iterator[str]:
    """Where graders disagree about the same hand-in."""
    ours = found.ours[0].verdicts if found.ours else {}
    for peer in found.peers:
        for name, verdict in peer.sample.verdicts.items():
            if name in ours and verdict != ours[name]:
                yield f"{peer.name} gives {name} {verdict}, ours {ours[name]}."


def show(found: Findings) -> None:
    """All of it on the terminal."""
    console = Console(highlight=False, markup=False, width=120)
    for head, rows in _tables(found):
        printed = Table(*head[:1], box=None, pad_edge=False)
        for name in head[1:]:
            printed.add_column(name, justify="left" if _words(head) > 1 else "right")
        for row in rows:
            printed.add_row(*row)
        console.print(printed, "")
    for line in notes(found):
        console.print(line)


def section(found: Findings, limit: float) -> str:
    """The section of the page."""
    versions = {peer.name: peer.version for peer in found.peers}
    parts = [
        "## Beside otter-grader, nbgrader and pytest",
        "The same four questions (tokenize and pad; hidden states and attentions of a tiny "
        "DistilBERT; a training loop of eight steps; freeze the encoder), eight cases, eight "
        "points, and the same hand-ins, graded in one run, one command after another, with "
        "single-threaded mathematics. Half of a class is perfect, a third wrong, a sixth stubs; "
        "no two of its texts are the same. CPU is user and system time of all processes, the "
        "warm process and its start included. The others grade a sample of the same proportions. "
        "`make bench`, or `python -m benchmarks.peers`.",
        table.measured_on(versions),
        *(table.markdown(head, rows, _words(head)) for head, rows in _tables(found)),
        "\n".join(f"- {line}" for line in notes(found)),
        f"Trouble is graded by itself, and ended after {limit:g} s.",
    ]
    return "\n\n".join(parts)


def _tables(found: Findings) -> Iterator[tuple[Sequence[str], Rows]]:
    yield costs(found)
    if found.peers and found.ours:
        yield ratios(found)
    if found.trouble:
        yield trouble(found)


def _words(head: Sequence[str]) -> int:
    """How many columns are words: one, or all."""
    return len(head) if head[0].startswith("points") else 1


def _cost(name: str, number: int, cpu: float, wall: float, peak: int) -> tuple[str, ...]:
    return name, str(number), f"{cpu:.2f}", f"{wall:.2f}", f"{peak / 2**20:.0f}"
