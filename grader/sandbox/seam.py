"""The one boundary to everything that runs students' code.

In: a ``Job``. Out: an ``Observation``.

    SandboxError            the sandbox itself failed; nothing is known about the student's code
    NoRunnerError           no job can be run any more, neither this one nor another
"""

from __future__ import annotations

from typing import Protocol

from grader.model import Job, Observation


class SandboxError(RuntimeError):
    """The sandbox could not do its work: staff's or the grader's matter, never a student's."""


class GivenUpError(SandboxError):
    """The same, of a job that was tried as often as makes sense."""


class NoRunnerError(Exception):
    """There is nothing left that runs jobs: the command ends, and nothing is said about any
    submission that was not finished. The message says what to do."""


class Runner(Protocol):
    """Anything that runs jobs."""

    def run(self, job: Job) -> Observation:
        """What the job's calls did. Raises ``SandboxError`` when the sandbox itself failed, and
        ``NoRunnerError`` when it is of no use to go on."""


class Contained(Protocol):
    """Whatever can tell how it contains what it runs."""

    def layers(self) -> tuple[str, ...]:
        """The containment layers that hold; ``("none",)`` where nothing contains."""

    def missing(self) -> tuple[tuple[str, str], ...]:
        """Layers that do not, each with the reason."""


class Sandbox(Runner, Contained, Protocol):
    """What runs jobs for real, contained or not."""

    def begin(self) -> None:
        """Starts what takes long to start, and does not wait for it. Raises ``SandboxError``."""

    def need(self, parts: frozenset[str]) -> None:
        """What it is to import of the libraries, where that was not known when it began."""

    def close(self) -> None:
        """Ends what is kept between jobs."""
