"""Who sits where: each worker has two seats, so that its next job is there when one ends.

In: workers that come and go, and threads that want a seat. Out: seats. Whoever has to run alone
gets a worker on which nothing else is, and nothing else comes to before the seat is given back.

Our own bookkeeping and not Dask's: a job is told exactly one worker, so when a worker ends it is
known whose jobs were there, and no queue anywhere grows beyond the seats.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

SEATS = 2  # of a worker: one job runs, one waits
_TICK = 0.5  # seconds between two checks of one who waits


@dataclass(slots=True, eq=False)
class Bench:
    """One worker's seats. ``open``: it takes new jobs; ``gone``: it has left the cluster."""

    worker: str
    taken: int = 0
    reserved: bool = False
    open: bool = True
    gone: bool = False


@dataclass(slots=True)
class Seats:
    """The benches of all workers there are, by the workers' addresses."""

    _benches: dict[str, Bench] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def workers(self) -> tuple[str, ...]:
        """Those that are here, whether or not they take new jobs."""
        with self._changed:
            return tuple(self._benches)

    def number(self) -> int:
        """How many workers take new jobs."""
        with self._changed:
            return sum(bench.open for bench in self._benches.values())

    def admit(self, worker: str) -> None:
        """A worker that takes jobs from now on."""
        with self._changed:
            self._benches.setdefault(worker, Bench(worker)).open = True
            self._changed.notify_all()

    def shut(self, worker: str) -> None:
        """It takes no new jobs, and goes on with those it has."""
        with self._changed:
            if worker in self._benches:
                self._benches[worker].open = False
                self._changed.notify_all()

    def dismiss(self, workers: Iterable[str]) -> None:
        """They are gone, and with them what they had not done."""
        with self._changed:
            for worker in workers:
                if bench := self._benches.pop(worker, None):
                    bench.open, bench.gone = False, True
            self._changed.notify_all()

    def take(self, alone: bool, check: Callable[[], None]) -> Bench:
        """A seat at the worker with the fewest jobs; ``alone``: at one that has no other. Waits
        for it as long as ``check``, asked now and then, does not raise."""
        while True:
            bench = self._find(alone, check)
            if not alone:
                return bench
            if self._cleared(bench, check):
                return bench

    def give(self, bench: Bench) -> None:
        """The seat back."""
        with self._changed:
            bench.taken -= 1
            bench.reserved = False if not bench.taken else bench.reserved
            self._changed.notify_all()

    def _find(self, alone: bool, check: Callable[[], None]) -> Bench:
        """A free seat. For one who runs alone the whole bench is reserved with it."""
        most = 1 << 30 if alone else SEATS
        with self._changed:
            while True:
                free = [
                    bench
                    for bench in self._benches.values()
                    if bench.open and not bench.reserved and bench.taken < most
                ]
                if free:
                    bench = min(free, key=lambda one: one.taken)
                    bench.taken += 1
                    bench.reserved = alone
                    return bench
                self._changed.wait(_TICK)
                check()

    def _cleared(self, bench: Bench, check: Callable[[], None]) -> bool:
        """Once nobody else sits there; false when the worker has gone meanwhile."""
        try:
            with self._changed:
                while bench.taken > 1 and bench.open:
                    self._changed.wait(_TICK)
                    check()
                if bench.open:
                    return True
        except BaseException:
            self._leave(bench)
            raise
        self._leave(bench)
        return False

    def _leave(self, bench: Bench) -> None:
        with self._changed:
            bench.reserved = False
        self.give(bench)
