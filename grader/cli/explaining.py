"""``grader grade --explain``. In: submissions and a gradebook. Out: what would be done, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console

from grader.cli.show import print_json, tell
from grader.explain import JUDGE, KEPT, RUN, Explained, Explainer
from grader.gradebook import Gradebook
from grader.model import Submission

_MOST = 20  # submissions that a terminal names
_SAID = {RUN: "to be run", JUDGE: "to be judged again, from what is stored", KEPT: "to be kept"}


def explain(
    submissions: Iterable[Submission], book: Gradebook, console: Console, as_json: bool
) -> int:
    """Tells what ``grader grade`` would do. Exits 0."""
    explainer = Explainer(book)
    found = map(explainer.explain, submissions)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        _tell_all(found, console)
    return 0


def _tell_all(found: Iterable[Explained], console: Console) -> None:
    actions: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {RUN: Counter(), JUDGE: Counter()}
    functions: Counter[tuple[str, str, str]] = Counter()
    for one in found:
        actions[one.action] += 1
        if one.action == JUDGE:
            reasons[JUDGE][one.why] += 1
        for step in one.steps:
            if step.run:
                functions[step.topic, step.function, step.why] += 1
        if one.action == RUN and (not console.is_terminal or actions[RUN] <= _MOST):
            _tell_one(one, console)
    if console.is_terminal and actions[RUN] > _MOST:
        tell(console, f"... and {actions[RUN] - _MOST} more to be run")
    _tell_sums(actions, reasons[JUDGE], functions, console)


def _tell_one(one: Explained, console: Console) -> None:
    running = [step for step in one.steps if step.run]
    tell(console, f"{one.submission}: {len(running)} of {len(one.steps)} functions run")
    by_reason: dict[str, list[str]] = {}
    for step in running:
        by_reason.setdefault(step.why, []).append(f"{step.topic}.{step.function}")
    for why, names in by_reason.items():
        tell(console, f"  {why}: {', '.join(names)}")


def _tell_sums(
    actions: Counter[str],
    judged: Counter[str],
    functions: Counter[tuple[str, str, str]],
    console: Console,
) -> None:
    for action in (KEPT, JUDGE, RUN):
        if actions[action]:
            tell(console, f"{_count(actions[action])} {_SAID[action]}")
        if action == JUDGE:
            for why, number in judged.most_common():
                tell(console, f"  {number}: {why}")
    for (topic, function, why), number in sorted(functions.items()):
        tell(console, f"  {topic}.{function}: {number}, {why}")
    if not actions:
        tell(console, "No submission was found there.")


def _count(number: int) -> str:
    return f"{number:,} submission" if number == 1 else f"{number:,} submissions"
