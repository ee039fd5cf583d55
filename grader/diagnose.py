"""Names the mistake that a student made.

In: what the student's function did on every case, and what each known mistake does. Out: the
sentence of the one mistake that does the same on all of them, and of no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.applies import alike, cases_of
from grader.model import FunctionBaseline, KnownMistake, Outcome, Task


def known_mistake(
    task: Task, baseline: FunctionBaseline, outcomes: Mapping[str, Outcome]
) -> KnownMistake | None:
    """The mistake whose outcomes equal the student's on every case that a check looks at, when
    there is exactly one such mistake."""
    matching = [
        mistake for mistake in baseline.mistakes if _matches(task, baseline, mistake, outcomes)
    ]
    return matching[0] if len({mistake.sentence for mistake in matching}) == 1 else None


def _matches(
    task: Task,
    baseline: FunctionBaseline,
    mistake: KnownMistake,
    outcomes: Mapping[str, Outcome],
) -> bool:
    return all(
        alike(check, outcomes[case.name], mistake.outcomes[case.name])
        for check in task.checks
        for case in cases_of(check, task, baseline)
    )
