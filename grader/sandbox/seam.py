"""The one boundary to everything that runs students' code.

In: a ``Job``. Out: an ``Observation``.

    SandboxError            the sandbox itself failed; nothing is known about the student's code
"""

from __future__ import annotations

from typing import Protocol

from grader.model import Job, Observation


class SandboxError(RuntimeError):
    """The sandbox could not do its work: staff's or the grader's matter, never a student's."""


class Runner(Protocol):
    """Anything that runs jobs."""

    def run(self, job: Job) -> Observation:
        """What the job's calls did. Raises ``SandboxError`` when the sandbox itself failed."""
