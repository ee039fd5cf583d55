"""``grader verify``: proves the checks and prints the table. In: topics. Out: an exit code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.table import Table
from rich.text import Text

from grader.baseline import run_all
from grader.cli.show import out, print_json, steps
from grader.session import open_session, slots
from grader.verify import Proof, every_job
from grader.verify import verify as prove


def verify(
    topics: list[str], reference: Path | None, seed: str | None, jobs: int, as_json: bool
) -> int:
    """1 when any function's checks are not proven."""
    with steps() as show, open_session(reference, topics, seed, show.say) as session:
        todo = list(every_job(session.assignment))
        show.start_count("running references, right solutions and mistakes", len(todo))
        for _ in run_all(todo, session.open_remembering, slots(jobs)):
            show.advance(len(todo))
        with session.open_remembering() as runner:
            proofs = list(prove(session.assignment, runner))
    if as_json:
        print_json([asdict(proof) for proof in proofs])
    else:
        _print(proofs)
    return 1 if any(proof.complaints for proof in proofs) else 0


def _print(proofs: list[Proof]) -> None:
    console = out()
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("function", no_wrap=True)
    for name in ("points", "cases", "public", "checks", "right", "mistakes", "named"):
        table.add_column(name, justify="right")
    table.add_column("proof")
    topic = ""
    for proof in proofs:
        if proof.topic != topic:
            topic = proof.topic
            table.add_row(Text(topic, style="bold"))
        numbers = (
            f"{proof.points:g}", proof.cases, proof.public, proof.checks, proof.rights,
            proof.mistakes, proof.named,
        )  # fmt: skip
        verdict = "FAILS" if proof.complaints else "ok"
        table.add_row(f"  {proof.function}", *map(str, numbers), verdict)
    console.print(table)
    for proof in proofs:
        for complaint in proof.complaints:
            console.print(f"{proof.topic}.{proof.function}: {complaint}", markup=False)
    console.print(_sum(proofs), markup=False)


def _sum(proofs: list[Proof]) -> str:
    failed = sum(bool(proof.complaints) for proof in proofs)
    mistakes = sum(proof.mistakes for proof in proofs)
    verdict = f"{failed} not proven" if failed else "all proven"
    return f"{len(proofs)} functions, {mistakes} mistakes: {verdict}"
