"""Baselines that are made when the first of them is asked for.

In: a way to make them all. Out: a mapping. Where every grade is kept nothing is judged, and nothing
has to be right.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.model import Baseline


@dataclass(slots=True)
class LazyBaselines(Mapping[str, Baseline]):
    """What ``make`` makes, which is asked once, by whichever thread comes first. Raises what it
    raises."""

    make: Callable[[], Mapping[str, Baseline]]
    _made: Mapping[str, Baseline] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def _all(self) -> Mapping[str, Baseline]:
        with self._lock:
            if self._made is None:
                self._made = self.make()
            return self._made

    def __getitem__(self, topic: str) -> Baseline:
        return self._all()[topic]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
