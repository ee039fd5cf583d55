"""What recurs in a class: most results of a student are another student's, word for word.

In: results. Out: whether what is made of them is worth keeping. What a stranger printed may be long
and never come again, so that keeping it would cost memory for nothing.

What is kept is found by value, and values that are equal are shown alike. It takes a few megabytes,
however large the class is.
"""

from __future__ import annotations

from grader.model import CheckResult, FunctionGrade

# Characters that are not staff's, of what is kept; and how many are kept.
_OF_A_RESULT = 2_000
_OF_A_FUNCTION = 8_000
RESULTS = 4_096
FUNCTIONS = 512


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
