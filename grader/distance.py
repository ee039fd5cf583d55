"""How far a value is from the reference's, in one number that a tolerance can be set by.

In: two values and a rule. Out: 0 for equal, infinity for a difference that no tolerance forgives
(structure, shape, kind, an integer, a string, NaN), else the smallest ``rtol`` under which they
agree (the smallest ``atol`` where the rule has no ``rtol``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader.compare import agrees
from grader.model import (
    EXACT,
    ArrayValue,
    DictValue,
    ListValue,
    Missing,
    Same,
    Tolerance,
    Value,
    at_path,
)

# Any finite difference is within this.
_BOUNDLESS = Tolerance(atol=1e300)


def distance(got: Value, want: Value, rule: Same) -> float:
    """The smallest ``rtol`` that makes them the same under the rule, whose ``atol`` keeps its
    proportion to ``rtol``."""
    if agrees(got, want, replace(rule, tolerance=EXACT)):
        return 0.0
    if not agrees(got, want, replace(rule, tolerance=_BOUNDLESS)):
        return float("inf")
    pairs = _pairs(at_path(got, rule.path), at_path(want, rule.path))
    return max((_size(one, other, rule.tolerance) for one, other in pairs), default=0.0)


def has_floats(value: Value | Missing) -> bool:
    """Whether any part of the value is compared with a tolerance at all."""
    return any(True for _ in _pairs(value, value))


def in_single_precision(value: Value) -> Value:
    """The same value with every float rounded to float32, as code may give it that computes so."""
    if isinstance(value, ArrayValue) and value.data.dtype == np.float64:
        with np.errstate(over="ignore"):
            rounded = value.data.astype(np.float32).astype(np.float64)
        return replace(value, data=np.where(np.isfinite(rounded), rounded, value.data))
    if isinstance(value, float):
        with np.errstate(over="ignore"):
            single = float(np.float32(value))
        return single if np.isfinite(single) else value
    if isinstance(value, ListValue):
        return replace(value, items=tuple(map(in_single_precision, value.items)))
    if isinstance(value, DictValue):
        return replace(
            value, items=tuple((key, in_single_precision(item)) for key, item in value.items)
        )
    return value


def _pairs(got: Value | Missing, want: Value | Missing) -> Iterator[tuple[Any, Any]]:
    """The floating-point parts of two values of one structure, as arrays of float64."""
    if isinstance(want, DictValue) and isinstance(got, DictValue):
        for key, value in want.items:
            yield from _pairs(got.get(key), value)
    elif isinstance(want, ListValue) and isinstance(got, ListValue):
        for one, other in zip(got.items, want.items, strict=True):
            yield from _pairs(one, other)
    elif _floating(want):
        yield _array(got), _array(want)


def _floating(value: Value | Missing) -> bool:
    return isinstance(value, float) or (
        isinstance(value, ArrayValue) and value.data.dtype.kind == "f"
    )


def _array(value: Value | Missing) -> Any:
    return np.asarray(value.data if isinstance(value, ArrayValue) else value, dtype=np.float64)


def _size(got: Any, want: Any, tolerance: Tolerance) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(got == want, 0.0, np.abs(got - want))
        if tolerance.rtol:
            # Below the scale a number is compared absolutely rather than relatively.
            size = np.where(size, size / (tolerance.atol / tolerance.rtol + np.abs(want)), 0.0)
    return float(np.max(np.where(np.isnan(size), 0.0, size), initial=0.0))
