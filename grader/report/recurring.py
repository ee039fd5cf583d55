"""What recurs in a class: most results of a student are another student's, word for word.

In: results. Out: whether what is made of them is worth keeping. What a stranger printed may be long
and never come again, so that keeping it would cost memory for nothing.

Equal behaviour is judged once and equal text is read once, so that what recurs is the very same
object each time. What is kept takes a few megabytes, however large the class is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from grader.model import CheckResult, FunctionGrade

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")

# Characters that are not staff's, of what is kept; and how many are kept.
_OF_A_RESULT = 2_000
_OF_A_FUNCTION = 16_000
RESULTS = 4_096
FUNCTIONS = 512
TEXTS, LONGEST = 1_024, 32_000


class OfTheSame(Generic[_Thing, _Made]):
    """What is made of a thing, made once for as long as the very same one keeps coming. Threads may
    share it. The ``most`` last things are kept of those that are ``worth`` it, with what was made
    of them."""

    def __init__(
        self, make: Callable[[_Thing], _Made], most: int, worth: Callable[[_Thing, _Made], bool]
    ) -> None:
        self._make, self._most, self._worth = make, most, worth
        self._kept: OrderedDict[int, tuple[_Thing, _Made]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, thing: _Thing) -> _Made:
        # By its number: what is kept lives, so that nobody else has that.
        with self._lock:
            found = self._kept.get(id(thing))
            if found is not None:
                self._kept.move_to_end(id(thing))
                return found[1]
        made = self._make(thing)
        if self._worth(thing, made):
            with self._lock:
                self._kept[id(thing)] = thing, made
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return made

    def forget(self) -> None:
        """Everything is made anew."""
        with self._lock:
            self._kept.clear()


def is_small(result: CheckResult) -> bool:
    """Whether thousands like it fit in memory."""
    return _length(result) <= _OF_A_RESULT


def is_small_function(function: FunctionGrade, _: object = None) -> bool:
    """Whether hundreds like it, and what is made of them, fit in memory."""
    return sum(map(_length, function.checks)) <= _OF_A_FUNCTION


def is_small_text(_: object, text: str) -> bool:
    """Whether a thousand like it fit in memory."""
    return len(text) <= LONGEST


def _length(result: CheckResult) -> int:
    length = len(result.output) + len(result.message) + len(result.staff)
    if result.traceback:
        length += sum(map(len, result.traceback))
    if found := result.difference:
        length += len(found.got) + len(found.want) + len(found.message)
        length += len(found.heat_map.levels) if found.heat_map else 0
    return length
