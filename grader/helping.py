"""What a submission at hand still has to run: who has no submission left helps with it.

In: things offered by their owners, who do them one after another from the front. Out: the last one,
to whoever asks. So the end of a class, and a class of few, keeps all slots busy.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Offers(Generic[T]):
    """Threads may share it. What is offered is told apart by being the same object."""

    _open: list[T] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def offer(self, several: Iterable[T]) -> None:
        with self._lock:
            self._open.extend(several)

    def withdraw(self, several: Iterable[T]) -> None:
        """Their owner does them now, or nobody has to. What was taken is nobody's any more."""
        gone = {id(one) for one in several}
        with self._lock:
            self._open[:] = [one for one in self._open if id(one) not in gone]

    def take(self) -> T | None:
        """The one that its owner would come to last; ``None`` where there is none."""
        with self._lock:
            return self._open.pop() if self._open else None
