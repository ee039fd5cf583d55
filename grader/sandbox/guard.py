"""A sandbox that is looked at before its first job.

In: a sandbox, and what may refuse it. Out: the same sandbox, whose first job raises what the guard
raises. Where nothing has to be run, nothing is started to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from grader.model import Job, Observation
from grader.sandbox.seam import Contained, Sandbox

Guard: TypeAlias = Callable[[Contained], None]


def no_guard(sandbox: Contained) -> None:
    """Refuses none."""


@dataclass(slots=True)
class Guarded:
    """``inner``, once ``guard`` has let it pass."""

    inner: Sandbox
    guard: Guard
    _passed: bool = False

    def run(self, job: Job) -> Observation:
        """As the sandbox does. Raises what the guard raises."""
        if not self._passed:
            self.guard(self.inner)
            self._passed = True
        return self.inner.run(job)

    def layers(self) -> tuple[str, ...]:
        return self.inner.layers()

    def missing(self) -> tuple[tuple[str, str], ...]:
        return self.inner.missing()

    def begin(self) -> None:
        """As the sandbox does."""
        self.inner.begin()

    def need(self, parts: frozenset[str]) -> None:
        """As the sandbox does."""
        self.inner.need(parts)

    def close(self) -> None:
        self.inner.close()
