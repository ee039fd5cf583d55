"""What recurs in a class: most results of a student are another student's, word for word.

In: results. Out: whether what is made of them is worth keeping. What a stranger printed may be long
and never come again, so that keeping it would cost memory for nothing.

What is kept is found by value, and values that are equal are shown alike. It takes a few megabytes,
however large the class is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from grader.model import CheckResult, FunctionGrade

_Thing = TypeVar("_Thing")

# Characters that are not staff's, of what is kept; and how many are kept.
_OF_A_RESULT = 2_000
_OF_A_FUNCTION = 8_000
RESULTS = 4_096
FUNCTIONS = 512
TEXTS, LONGEST = 1_024, 32_000


class TextOfTheSame(Generic[_Thing]):
    """The text of a thing, made once for as long as the very same one keeps coming. Threads may
    share it. ``most`` texts of at most ``longest`` characters are kept."""

    def __init__(self, make: Callable[[_Thing], str], most: int, longest: int) -> None:
        self._make, self._most, self._longest = make, most, longest
        self._kept: OrderedDict[int, tuple[_Thing, str]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, thing: _Thing) -> str:
        # By its number: what is kept lives, so that nobody else has that.
        with self._lock:
            found = self._kept.get(id(thing))
            if found is not None:
                self._kept.move_to_end(id(thing))
                return found[1]
        text = self._make(thing)
        if len(text) <= self._longest:
            with self._lock:
                self._kept[id(thing)] = thing, text
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return text


def is_small(result: CheckResult) -> bool:
    """Whether thousands like it fit in memory."""
    return _length(result) <= _OF_A_RESULT


def is_small_function(function: FunctionGrade) -> bool:
    """Whether hundreds like it fit in memory."""
    return sum(map(_length, function.checks)) <= _OF_A_FUNCTION


def _length(result: CheckResult) -> int:
    length = len(result.output) + len(result.message) + len(result.staff)
    if result.traceback:
        length += sum(map(len, result.traceback))
    if found := result.difference:
        length += len(found.got) + len(found.want) + len(found.message)
        length += len(found.heat_map.levels) if found.heat_map else 0
    return length
