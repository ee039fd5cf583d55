"""A memory of bounded size: what was used last stays, however large the class.

In: things and what they take in bytes. Out: the things, while they are remembered. Thread-safe.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any


class Memory:
    """Forgets what was not used for longest when all together takes more than ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> tuple[Any, int] | None:
        """The thing and its size, or ``None``."""
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def put(self, name: str, thing: Any, size: int) -> None:
        """Remembers it, unless it is larger than all there is room for."""
        if size > self._limit:
            return
        with self._lock:
            self._taken += size - self._kept.pop(name, (None, 0))[1]
            self._kept[name] = (thing, size)
            while self._taken > self._limit:
                self._taken -= self._kept.popitem(last=False)[1][1]

    @property
    def taken(self) -> int:
        """Bytes of all that is remembered, as they were told."""
        return self._taken
