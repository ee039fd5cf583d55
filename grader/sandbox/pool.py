"""Sandboxes that are handed out again and again.

In: requests for a runner. Out: one that is idle, or a new one. All end with the pool.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.model import Job, Observation
from grader.sandbox.choose import open_sandbox
from grader.sandbox.seam import Runner, Sandbox


@dataclass(slots=True)
class Pool:
    """A context manager over sandboxes of one kind: warm processes, or ``plain`` ones. ``home`` is
    the course cache."""

    home: Path
    plain: bool = False
    _idle: list[Sandbox] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def open(self) -> Iterator[Sandbox]:
        """A sandbox for one thread; idle again when the block ends."""
        with self._lock:
            sandbox = self._idle.pop() if self._idle else open_sandbox(self.home, self.plain)
        try:
            yield sandbox
        finally:
            with self._lock:
                self._idle.append(sandbox)


@dataclass(frozen=True, slots=True)
class Leasing:
    """A runner that opens one for each job, and holds none between them: of those of a pool there
    are then never more than run at once."""

    opened: Callable[[], AbstractContextManager[Runner]]

    def run(self, job: Job) -> Observation:
        """As the runner does."""
        with self.opened() as runner:
            return runner.run(job)
