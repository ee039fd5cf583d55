"""A sandbox for tests: answers from a table, and remembers what it was asked.

In: jobs. Out: the observations that the table holds for their source text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model import Job, Observation


@dataclass(slots=True)
class FakeSandbox:
    """``answers`` maps a job's source to what it is said to have done."""

    answers: Mapping[str, Observation]
    asked: list[Job] = field(default_factory=list)

    def run(self, job: Job) -> Observation:
        self.asked.append(job)
        return self.answers.get(job.source, Observation(job.topic))
