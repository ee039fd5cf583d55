"""``grader verify``: proves the checks and prints the table. In: topics. Out: an exit code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from grader.cli.show import out, print_json, steps
from grader.session import open_session
from grader.verify import Proof
from grader.verify import verify as prove


def verify(topics: list[str], reference: Path | None, seed: str | None, as_json: bool) -> int:
    """1 when any function's checks are not proven."""
    with steps() as show:
        session = open_session(reference, topics, seed, show.say)
        with session.open_runner() as runner:
            remembering = session.remembering(runner)
            proofs = list(prove(session.assignment, remembering, show.say))
    if as_json:
        print_json([asdict(proof) for proof in proofs])
    else:
        _print(proofs)
    return 1 if any(proof.complaints for proof in proofs) else 0


def _print(proofs: list[Proof]) -> None:
    console = out()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("topic", "function"):
        table.add_column(name, overflow="fold")
    for name in ("points", "cases", "public", "checks", "right", "mistakes", "named"):
        table.add_column(name, justify="right")
    table.add_column("proof")
    topic = ""
    for proof in proofs:
        numbers = (
            f"{proof.points:g}", proof.cases, proof.public, proof.checks, proof.rights,
            proof.mistakes, proof.named,
        )  # fmt: skip
        shown = proof.topic if proof.topic != topic else ""
        topic = proof.topic
        verdict = "FAILS" if proof.complaints else "ok"
        table.add_row(shown, proof.function, *map(str, numbers), verdict)
    console.print(table)
    for proof in proofs:
        for complaint in proof.complaints:
            console.print(f"{proof.topic}.{proof.function}: {complaint}", markup=False)
    failed = sum(bool(proof.complaints) for proof in proofs)
    console.print(
        f"{len(proofs)} functions, {sum(proof.mistakes for proof in proofs)} mistakes; "
        + (f"{failed} not proven" if failed else "all proven"),
        markup=False,
    )
