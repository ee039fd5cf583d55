"""``grader verify --mutants``: runs the references' mutants. In: a session. Out: ``Mutation``s."""

from __future__ import annotations

from rich.table import Table

from grader.baseline import topic_baseline
from grader.cli.show import Steps, out
from grader.mutate import MutateError
from grader.session import Session, SessionError
from grader.survive import Mutation, prove_mutants, trials, verdicts
from grader.verify import Proof

Mutations = dict[tuple[str, str], Mutation]
COLUMNS = ("killed", "equivalent", "survived")


def mutations(session: Session, show: Steps, number: int, sample: float | None) -> Mutations:
    """What became of every function's mutants, by topic and function. Raises ``SessionError``."""
    show.say("making mutants")
    try:
        tried = [trials(topic, sample) for topic in session.assignment.topics]
    except MutateError as error:
        raise SessionError(str(error)) from None
    total = sum(len(one.trials) for one in tried)
    show.start_count("running mutants", total)
    found: Mutations = {}
    for one in tried:
        with session.open_remembering() as runner:
            baseline = topic_baseline(one.topic, runner, mistakes=False)
        told = []
        for pair in verdicts(one, baseline, session.open_remembering, number):
            told.append(pair)
            show.advance(total)
        for function, mutation in prove_mutants(one, told).items():
            found[one.topic.name, function] = mutation
    return found


def counts(found: Mutations, proof: Proof) -> dict[str, int]:
    """A proof's mutants by what became of them; nothing where none were tried."""
    mutation = found.get((proof.topic, proof.function))
    return {name: getattr(mutation, name) for name in COLUMNS} if mutation else {}


def print_mutations(found: Mutations) -> None:
    """The table of what became of them."""
    if not found:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("mutants of", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for (topic, function), mutation in found.items():
        numbers = (str(getattr(mutation, name)) for name in COLUMNS)
        table.add_row(f"{topic}.{function}", *numbers)
    out().print(table)
