"""``grader verify``: proves the checks and prints the table. In: topics. Out: an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.table import Table
from rich.text import Text

from grader.baseline import BaselineError, run_all, topic_baseline
from grader.cli.measuring import calibrate
from grader.cli.mutating import COLUMNS, Mutations, counts, mutations, print_mutations
from grader.cli.show import Steps, out, print_json, steps
from grader.early import slots
from grader.session import Session, open_session
from grader.spec import SpecError, derived_seed, load_assignment
from grader.verify import Proof, caught_by, every_job, prove_under
from grader.verify import verify as prove

Complaints = dict[tuple[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``seeds`` are further secret seeds. ``sample`` is how many mutants of
    each function are tried, or which share, and then only one right solution under each further
    seed; ``None``: all."""

    topics: list[str]
    reference: Path | None
    seed: str | None
    jobs: int
    seeds: int
    calibrate: bool
    mutants: bool
    sample: float | None
    as_json: bool


def verify(options: Options) -> int:
    """1 when any function's checks are not proven."""
    with (
        steps() as show,
        open_session(options.reference, options.topics, options.seed, show.say) as session,
    ):
        session.expect(slots(options.jobs))  # where all is remembered, none is started
        if options.calibrate:
            # What is written here is what the proof below then judges by.
            margins = calibrate(session, show, slots(options.jobs))
            session = replace(
                session,
                assignment=load_assignment(session.reference, session.seed, options.topics),
            )
        proofs = _prove(session, show, slots(options.jobs))
        if options.seeds:
            found = _under_seeds(session, show, options)
            proofs = [_with(proof, found) for proof in proofs]
        if options.calibrate:
            proofs = [_with(proof, margins) for proof in proofs]
        mutated: Mutations = {}
        if options.mutants:
            mutated = mutations(session, show, slots(options.jobs), options.sample)
            survivors = {place: list(one.complaints) for place, one in mutated.items()}
            proofs = [_with(proof, survivors) for proof in proofs]
    if options.as_json:
        print_json([asdict(proof) | {"mutants": counts(mutated, proof)} for proof in proofs])
    else:
        _print(proofs, mutated, options)
    return 1 if any(proof.complaints for proof in proofs) else 0


def _prove(session: Session, show: Steps, number: int) -> list[Proof]:
    todo = list(every_job(session.assignment))
    show.start_count("running references, right solutions and mistakes", len(todo))
    for _ in run_all(todo, session.open_remembering, number):
        show.advance(len(todo))
    show.start_count("judging functions", None)
    proofs = []
    with session.open_remembering() as runner:
        for proof in prove(session.assignment, session.reference, runner):
            proofs.append(proof)
            show.advance()
    return proofs


def _under_seeds(session: Session, show: Steps, options: Options) -> Complaints:
    """Every topic under further seeds; sampled, one right solution each time."""
    with session.open_remembering() as runner:
        caught = {
            topic.name: caught_by(topic, topic_baseline(topic, runner))
            for topic in session.assignment.topics
        }
    seeds = [derived_seed(session.seed, number) for number in range(1, options.seeds + 1)]
    trials = [
        (topic.name, turn) for topic in session.assignment.topics for turn in range(len(seeds))
    ]
    show.start_count("proving under other seeds", len(trials))
    found: Complaints = {}

    sampled = options.sample is not None

    def prove_one(trial: tuple[str, int]) -> tuple[str, list[tuple[str, str]]]:
        name, turn = trial
        try:
            topic = load_assignment(session.reference, seeds[turn], [name]).topics[0]
            with session.open_runner() as runner:
                told = prove_under(
                    topic, seeds[turn], caught[name], runner, turn if sampled else None
                )
                return name, list(told)
        except (BaselineError, SpecError) as error:
            # The others' verdicts are not lost for one seed's.
            function = session.assignment.topic(name).tasks[0].function
            return name, [(function, f"under the seed {seeds[turn]!r}: {error}")]

    with ThreadPoolExecutor(slots(options.jobs)) as pool:
        for name, complaints in pool.map(prove_one, trials):
            show.advance(len(trials))
            for function, complaint in complaints:
                found.setdefault((name, function), []).append(complaint)
    return found


def _with(proof: Proof, found: Complaints) -> Proof:
    more = found.get((proof.topic, proof.function), [])
    return replace(proof, complaints=(*proof.complaints, *more)) if more else proof


_HEADINGS = ("pts", "cases", "checks", "right", "mistakes", "ceiling", "floor")


_WIDE = 107  # columns of a terminal that has room for the mutants in the same table


def _print(proofs: list[Proof], mutated: Mutations, options: Options) -> None:
    console = out()
    if mutated and not console.is_terminal:
        console = out(_WIDE)
    if console.width < _WIDE:
        print_mutations(mutated)
        mutated = {}
    console.print(_table(proofs, mutated))
    for proof in proofs:
        for complaint in proof.complaints:
            told = f"{proof.topic}.{proof.function}: {complaint}"
            console.print(told, markup=False, soft_wrap=True)  # its code can be copied
    console.print(_sum(proofs, options), markup=False)


def _table(proofs: list[Proof], mutated: Mutations) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("function", no_wrap=True)
    for name in (*_HEADINGS, *(COLUMNS if mutated else ())):
        table.add_column(name, justify="right")
    table.add_column("proof")
    topic = ""
    for proof in proofs:
        if proof.topic != topic:
            topic = proof.topic
            table.add_row(Text(topic, style="bold"))
        table.add_row(
            f"  {proof.function}",
            *_numbers(proof),
            *map(str, counts(mutated, proof).values()),
            "FAILS" if proof.complaints else "ok",
        )
    return table


def _numbers(proof: Proof) -> Iterator[str]:
    yield f"{proof.points:g}"
    yield from map(str, (proof.cases, proof.checks, proof.rights))
    unnamed = proof.mistakes - proof.named
    yield f"{proof.mistakes}" if not unnamed else f"{proof.named} of {proof.mistakes}"
    yield "exact" if proof.ceiling is None else f"{proof.ceiling:.0e}"
    yield "" if proof.floor is None else f"{proof.floor:.0e}"


def _sum(proofs: list[Proof], options: Options) -> str:
    failed = sum(bool(proof.complaints) for proof in proofs)
    mistakes = sum(proof.mistakes for proof in proofs)
    verdict = f"{failed} not proven" if failed else "all proven"
    seeds = f", under {options.seeds} further seeds" if options.seeds else ""
    sampled = " (mutants and right solutions by a sample)" if options.sample is not None else ""
    return f"{len(proofs)} functions, {mistakes} mistakes{seeds}: {verdict}{sampled}"
