"""Tolerances by measurement: between the noise of right code and the nearest known mistake.

In: a topic, its baseline and what right code gave under harmless changes. Out: for each check that
compares floats a ``Margin``: noise ceiling, mistake floor, and the tolerance between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.applies import cases_of, failures
from grader.distance import distance, has_floats, in_single_precision
from grader.model import (
    EXACT,
    Check,
    FunctionBaseline,
    KnownMistake,
    Observation,
    Outcome,
    Returned,
    Same,
    Task,
    Topic,
    Value,
    at_path,
)
from grader.plan import plan
from grader.sandbox import Runner
from grader.verify.noise import ATTENTIONS, noisy_jobs

# A result in single precision is right wherever the dtype is open: half a unit in its last place.
SINGLE_PRECISION = 2.0**-24
# Where no mistake is nearer, a difference of one in a hundred is taken for one.
FURTHEST_FLOOR = 1e-2
LEAST_RATIO = 1000.0
# A mistake that lies so few times beyond the noise differs from right code by rounding alone.
HARDLY = 10.0


@dataclass(frozen=True, slots=True)
class Margin:
    """One check's measurement, as distances relative to the wanted value.

    ``noisiest`` names what came furthest, ``nearest`` the mistake that came nearest; ``floor`` is
    infinite when none differs by numbers alone. ``stated`` is an absolute tolerance (``rtol=0``)
    that the author wants, for instance since weights may be loaded in half precision: it stays, and
    must lie between the two.
    """

    function: str
    check: str
    ceiling: float
    floor: float
    noisiest: str
    nearest: str
    stated: float | None = None

    @property
    def tolerance(self) -> float:
        """The geometric mean of the two, unless one is stated."""
        if self.stated is not None:
            return self.stated
        return math.sqrt(self.ceiling * min(self.floor, FURTHEST_FLOOR))

    @property
    def ratio(self) -> float:
        return self.floor / self.ceiling

    @property
    def wide_enough(self) -> bool:
        return self.ratio >= LEAST_RATIO and self.ceiling < self.tolerance < self.floor


def noise(
    topic: Topic, remembering: Runner, elsewhere: Mapping[str, Runner]
) -> dict[str, Observation]:
    """What right code did, by what was different: the right solutions, the reference under
    harmless changes, and the reference in ``elsewhere``'s environments."""
    found = {
        f"right/{name}.py": remembering.run(plan(topic, source))
        for name, source in topic.rights.items()
    }
    found |= {name: remembering.run(job) for name, job in noisy_jobs(topic)}
    return found | {
        name: runner.run(plan(topic, topic.reference)) for name, runner in elsewhere.items()
    }


def margins(
    task: Task, baseline: FunctionBaseline, noisy: Mapping[str, Observation]
) -> Iterator[Margin]:
    """A margin for each of the task's checks that has a tolerance. ``noisy`` is what right code
    did, by what was different."""
    outcomes = {
        name: {case.name: seen.outcome(task.function, case.name) for case in task.cases}
        for name, seen in noisy.items()
    }
    for check in task.checks:
        if has_tolerance(check, task, baseline):
            yield _margin(check, task, baseline, outcomes)


def unheard(
    task: Task, baseline: FunctionBaseline, noisy: Mapping[str, Observation]
) -> Iterator[str]:
    """A complaint for each run of right code that did not come back where it should: what it would
    have measured is missing."""
    for name, seen in noisy.items():
        if name in ATTENTIONS:  # not every model, nor every output of one, has both
            continue
        for case in task.cases:
            did = seen.outcome(task.function, case.name)
            if isinstance(baseline.wanted[case.name], Returned) and not isinstance(did, Returned):
                yield f"{name} measures nothing on {case.name!r}: it did not come back"
                break


def has_tolerance(check: Check, task: Task, baseline: FunctionBaseline) -> bool:
    """Whether the check compares floats otherwise than bit for bit."""
    rule = check.rule
    if not isinstance(rule, Same) or rule.tolerance == EXACT:
        return False
    return any(has_floats(at_path(want, rule.path)) for _, want in _wanted(check, task, baseline))


def _margin(
    check: Check,
    task: Task,
    baseline: FunctionBaseline,
    noisy: Mapping[str, Mapping[str, Outcome]],
) -> Margin:
    noise = [(_single(check, task, baseline), "a result in float32")]
    for name, outcomes in noisy.items():
        far = (_away(outcomes, case, want, check) for case, want in _wanted(check, task, baseline))
        noise.append((max(filter(math.isfinite, far), default=0.0), name))
    ceiling, noisiest = max([*noise, (SINGLE_PRECISION, "a result in float32")])
    floor, nearest = _floor(check, task, baseline, ceiling)
    stated = (
        rule.tolerance.atol
        if isinstance(rule := check.rule, Same) and not rule.tolerance.rtol
        else None
    )
    return Margin(task.function, check.name, ceiling, floor, noisiest, nearest, stated)


def _floor(
    check: Check, task: Task, baseline: FunctionBaseline, ceiling: float
) -> tuple[float, str]:
    """The nearest mistake that this check sees. One that is hardly above the noise here is left to
    another check, when another catches it."""
    seen = [
        (
            max(
                _away(mistake.outcomes, case, want, check)
                for case, want in _wanted(check, task, baseline)
            ),
            mistake,
        )
        for mistake in baseline.mistakes
    ]
    floor, nearest = min(
        (
            (far, mistake.sentence)
            for far, mistake in seen
            if far > ceiling * HARDLY
            or (far > ceiling and not _elsewhere(check, task, baseline, mistake))
        ),
        default=(math.inf, ""),
    )
    return (floor, nearest) if math.isfinite(floor) else (math.inf, "")


def _elsewhere(check: Check, task: Task, baseline: FunctionBaseline, mistake: KnownMistake) -> bool:
    """Whether another check catches the mistake."""
    failed = failures(task, baseline, mistake.outcomes)
    return any(other.name != check.name for other, _ in failed)


def _single(check: Check, task: Task, baseline: FunctionBaseline) -> float:
    rule = check.rule
    if not isinstance(rule, Same):
        return 0.0
    return max(
        distance(in_single_precision(want), want, rule)
        for _, want in _wanted(check, task, baseline)
    )


def _away(outcomes: Mapping[str, Outcome], case: str, want: Value, check: Check) -> float:
    outcome = outcomes[case]
    if not isinstance(outcome, Returned) or not isinstance(check.rule, Same):
        return math.inf
    return distance(outcome.value, want, check.rule)


def _wanted(check: Check, task: Task, baseline: FunctionBaseline) -> Iterable[tuple[str, Value]]:
    for case in cases_of(check, task, baseline):
        wanted = baseline.wanted[case.name]
        if isinstance(wanted, Returned):
            yield case.name, wanted.value
