"""Sandboxes that are handed out again and again.

In: requests for a runner. Out: one that is idle, or a new one. All end with the pool. Where several
are expected they are forks of one zygote: the libraries are imported once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.model import Job, Observation
from grader.sandbox.choose import new_zygote, open_sandbox
from grader.sandbox.seam import Runner, Sandbox
from grader.worker.parts import ALL

if TYPE_CHECKING:
    from grader.sandbox.starting import Zygote


@dataclass(slots=True)
class Pool:
    """A context manager over sandboxes of one kind: warm processes, or ``plain`` ones. ``home`` is
    the course cache."""

    home: Path
    plain: bool = False
    _parts: frozenset[str] | None = None
    _idle: list[Sandbox] = field(default_factory=list)
    _zygote: Zygote | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def expect(self, number: int, soon: bool = False, parts: frozenset[str] | None = None) -> None:
        """Says that so many sandboxes may be wanted at once, before the first of them is; and
        which parts of the libraries they need, where that is known already. With ``soon`` one is
        going to be: what takes long about it begins."""
        with self._lock:
            known, self._parts = self._parts, _both(self._parts, parts)
            if number > 1 and not self.plain and self._zygote is None:
                self._zygote = new_zygote(self.home, self._wanted())
            if soon and self._zygote is not None:
                self._zygote.begin()
            elif soon and not self._idle:
                self._idle.append(self._new())
                self._idle[-1].begin()
            if self._parts != known:
                self._tell()

    @contextmanager
    def open(self) -> Iterator[Sandbox]:
        """A sandbox for one thread; idle again when the block ends."""
        with self._lock:
            sandbox = self._idle.pop() if self._idle else self._new()
        try:
            yield sandbox
        finally:
            with self._lock:
                self._idle.append(sandbox)

    def _tell(self) -> None:
        """Those that have begun already."""
        for one in self._idle:
            one.need(self._wanted())
        if self._zygote is not None:
            self._zygote.need(self._wanted())

    def _new(self) -> Sandbox:
        return open_sandbox(self.home, self.plain, zygote=self._zygote, parts=self._wanted())

    def _wanted(self) -> frozenset[str]:
        return ALL if self._parts is None else self._parts


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return one if other is None else other.union(one or ())


@dataclass(frozen=True, slots=True)
class Leasing:
    """A runner that opens one for each job, and holds none between them: of those of a pool there
    are then never more than run at once."""

    opened: Callable[[], AbstractContextManager[Runner]]

    def run(self, job: Job) -> Observation:
        """As the runner does."""
        with self.opened() as runner:
            return runner.run(job)
