"""``grader verify --calibrate``: measures noise and mistakes, and writes the tolerances.

In: a session. Out: ``tolerances.json`` in each topic's folder, to be reviewed and committed; a
complaint for each check whose noise and mistakes lie too close together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from grader.baseline import Remembering, run_all, topic_baseline
from grader.cli.show import Steps, err
from grader.model import Baseline, Observation, Topic
from grader.plan import plan
from grader.sandbox import open_sandbox
from grader.session import Session, baseline_folder, fingerprint
from grader.spec import FILE, Measure, dump_measures
from grader.verify import (
    ENVIRONMENTS,
    LEAST_RATIO,
    Margin,
    every_job,
    margins,
    noise,
    noisy_jobs,
    unheard,
)
from grader.whole import write_whole


def calibrate(session: Session, show: Steps, number: int) -> dict[tuple[str, str], list[str]]:
    """Writes the files; complaints by topic and function."""
    todo = list(every_job(session.assignment))
    todo += [job for topic in session.assignment.topics for _, job in noisy_jobs(topic)]
    show.start_count("running right code under harmless changes", len(todo))
    for _ in run_all(todo, session.open_remembering, number):
        show.advance(len(todo))
    references = [plan(topic, topic.reference) for topic in session.assignment.topics]
    show.start_count("running the reference on other kernels", len(references) * len(ENVIRONMENTS))
    for name in ENVIRONMENTS:
        for _ in run_all(references, partial(_open_elsewhere, session, name), number):
            show.advance(len(references) * len(ENVIRONMENTS))
    found: dict[tuple[str, str], list[str]] = {}
    for topic in session.assignment.topics:
        baseline, noisy = _noise(session, topic)
        measured = []
        for task in topic.tasks:
            known = baseline.functions[task.function]
            margins_of = list(margins(task, known, noisy))
            told = [_too_close(margin) for margin in margins_of if not margin.wide_enough]
            found[topic.name, task.function] = [*told, *unheard(task, known, noisy)]
            measured += margins_of
        _write(session, topic, measured)
    return found


def _noise(session: Session, topic: Topic) -> tuple[Baseline, dict[str, Observation]]:
    with ExitStack() as stack:
        runner = stack.enter_context(session.open_remembering())
        elsewhere = {
            name: stack.enter_context(_open_elsewhere(session, name)) for name in ENVIRONMENTS
        }
        return topic_baseline(topic, runner), noise(topic, runner, elsewhere)


@contextmanager
def _open_elsewhere(session: Session, name: str) -> Iterator[Remembering]:
    """A runner in another environment, that remembers what it ran there."""
    sandbox = open_sandbox(session.home, session.pool.plain, ENVIRONMENTS[name])
    with closing(sandbox):
        yield Remembering(sandbox, baseline_folder(), f"{fingerprint(session.home)} {name}")


def _write(session: Session, topic: Topic, measured: list[Margin]) -> None:
    found: dict[str, dict[str, Measure]] = {}
    for margin in measured:
        floor = margin.floor if math.isfinite(margin.floor) else None
        found.setdefault(margin.function, {})[margin.check] = Measure(
            ceiling=margin.ceiling, floor=floor, tolerance=margin.tolerance
        )
    file = session.reference / topic.name / FILE
    if found:
        write_whole(file, dump_measures(found).encode())
        err().print(f"wrote {file}", markup=False, soft_wrap=True)
    else:
        file.unlink(missing_ok=True)


def _too_close(margin: Margin) -> str:
    return (
        f"{margin.check!r}: noise reaches {margin.ceiling:.1e} ({margin.noisiest}), the mistake "
        f"{margin.nearest!r} begins at {margin.floor:.1e}: {margin.ratio:.0f} times as far, and "
        f"{LEAST_RATIO:.0f} are needed. Give that mistake a case where it shows more"
        f"{'' if margin.stated is None else f'; the stated {margin.stated:g} must lie between'}."
    )
