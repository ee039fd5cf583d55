"""A result must not depend on the order of cases, nor on what ran before.

In: a topic. Out: a job with everything turned around, and a complaint for each case that then
comes out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.compare import agrees
from grader.model import EXACT, Job, Observation, Outcome, Raised, Returned, Same, Task, Topic
from grader.plan import plan


def reversed_job(topic: Topic) -> Job:
    """The reference on all cases, the last first."""
    job = plan(topic, topic.reference)
    calls = tuple(replace(call, cases=call.cases[::-1]) for call in reversed(job.calls))
    return replace(job, calls=calls)


def same_outcomes(
    task: Task, wanted: Mapping[str, Outcome], observation: Observation
) -> Iterator[str]:
    """A complaint for each case whose outcome is not, bit for bit, what it was in order."""
    for case in task.cases:
        found = observation.outcome(task.function, case.name)
        if not _same(found, wanted[case.name]):
            yield f"the reference does otherwise on {case.name!r} when the cases run backwards"


def _same(one: Outcome, other: Outcome) -> bool:
    if isinstance(one, Returned) and isinstance(other, Returned):
        return agrees(one.value, other.value, Same(tolerance=EXACT))
    if isinstance(one, Raised) and isinstance(other, Raised):
        return (one.type, one.stage) == (other.type, other.stage)
    return False
