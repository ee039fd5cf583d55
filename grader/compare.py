"""Compares what a function gave with what it should have given.

In: two values and a rule. Out: every difference, the first one first; none when they agree.
The order is type, structure, shape, dtype, gradient, NaN, values: the first kind that differs is
told for each leaf. Nothing is broadcast. Messages name the path, the axes and the index.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from grader.heat import heat_map
from grader.model import (
    MISSING,
    ArrayValue,
    DictValue,
    Difference,
    ListValue,
    Missing,
    Same,
    Tolerance,
    Value,
    at_path,
    hashable,
)
from grader.value_words import element, index_of, is_tensor, shape_of, short, type_of, where

_MOST = 20  # differences that are worth keeping of one value


def compare(got: Value, want: Value, rule: Same) -> tuple[Difference, ...]:
    """Differences of ``got`` from ``want`` at the rule's path."""
    return tuple(islice(_walked(got, want, rule), _MOST))


def agrees(got: Value, want: Value, rule: Same) -> bool:
    """Whether ``compare`` finds nothing; without working out what there would be to tell."""
    return next(_walked(got, want, rule, brief=True), None) is None


def _walked(got: Value, want: Value, rule: Same, brief: bool = False) -> Iterator[Difference]:
    wanted = at_path(want, rule.path)
    if isinstance(wanted, Missing):
        raise LookupError(f"the reference has nothing at {rule.path!r}")
    return _walk(at_path(got, rule.path), wanted, rule, rule.path, brief)


def _walk(
    got: Value | Missing, want: Value, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    """``brief``: that arrays differ is all that is asked."""
    if isinstance(got, Missing):
        yield Difference("missing", f"{where(path)} is missing", path, want=short(want))
    elif isinstance(want, ArrayValue):
        yield from _array(got, want, rule, path, brief)
    elif isinstance(want, ListValue):
        yield from _list(got, want, rule, path, brief)
    elif isinstance(want, DictValue):
        yield from _mapping(got, want, rule, path, brief)
    else:
        yield from _scalar(got, want, rule, path)


def _scalar(got: Value, want: Value, rule: Same, path: str) -> Iterator[Difference]:
    if isinstance(got, ArrayValue) and got.shape == () and not isinstance(want, str):
        if got.requires_grad:
            message = f"{where(path)} is a tensor that still carries its gradient graph"
            yield Difference("gradient", message, path, got="a tensor", want=short(want))
            return
        got = got.data.item()
    if not _same_kind(got, want):
        yield _type_difference(got, want, path)
        return
    if isinstance(want, float) and isinstance(got, (int, float)) and _has_float(got):
        if not _close(float(got), want, rule.tolerance):
            size = abs(float(got) - want)
            message = f"{where(path)} is {got:.7g}, not {want:.7g}"
            yield Difference(
                "nan" if math.isnan(got) != math.isnan(want) else "value",
                message,
                path,
                got=f"{got:.9g}",
                want=f"{want:.9g}",
                size=None if math.isnan(size) else size,
                wrong=1,
                total=1,
                tolerance=rule.tolerance,
            )
    elif got != want:
        message = f"{where(path)} is {short(got)}, not {short(want)}"
        yield Difference("value", message, path, got=short(got), want=short(want), wrong=1, total=1)


def _list(got: Value, want: ListValue, rule: Same, path: str, brief: bool) -> Iterator[Difference]:
    if not isinstance(got, ListValue):
        yield _type_difference(got, want, path)
        return
    if len(got.items) != len(want.items):
        message = f"{where(path)} has {len(got.items)} items, not {len(want.items)}"
        yield Difference(
            "structure", message, path, got=short(got), want=short(want), total=len(want.items)
        )
        return
    if not rule.ordered:
        yield from _unordered(got, want, path)
        return
    for index, (one, other) in enumerate(zip(got.items, want.items, strict=True)):
        yield from _walk(one, other, rule, f"{path}[{index}]", brief)


def _unordered(got: ListValue, want: ListValue, path: str) -> Iterator[Difference]:
    have, need = Counter(map(hashable, got.items)), Counter(map(hashable, want.items))
    for item in list((need - have).elements())[:3]:
        message = f"{where(path)} lacks {short(item)}"
        yield Difference("value", message, path, want=short(item))
    for item in list((have - need).elements())[:3]:
        message = f"{where(path)} has {short(item)}, which does not belong there"
        yield Difference("value", message, path, got=short(item))


def _mapping(
    got: Value, want: DictValue, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    if not isinstance(got, DictValue):
        yield _type_difference(got, want, path)
        return
    have = dict(reversed(got.items))  # of a key that is there twice the first one counts
    for key, value in want.items:
        below = f"{path}.{key}" if path else key
        yield from _walk(have.get(key, MISSING), value, rule, below, brief)
    if rule.extra_keys:
        return
    known = set(want.keys)
    extra = [key for key in got.keys if key not in known]
    if extra:
        message = f"{where(path)} has a key too many: {short(extra[0])}"
        yield Difference("structure", message, path, got=short(extra), want=short(want.keys))


def _array(
    got: Value, want: ArrayValue, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    if want.shape == () and isinstance(got, (bool, int, float)):
        yield from _scalar(got, want.data.item(), rule, path)
        return
    if not isinstance(got, ArrayValue) or is_tensor(got) != is_tensor(want):
        yield _type_difference(got, want, path)
    elif got.shape != want.shape:
        yield _shape_difference(got, want, rule, path)
    elif (category := _dtype_problem(got, want, rule)) is not None:
        message = f"{where(path)} has dtype {got.dtype}, not {category}"
        yield Difference("dtype", message, path, got=got.dtype, want=category)
    elif rule.grad == "none" and got.requires_grad:
        message = f"{where(path)} carries a gradient graph"
        yield Difference("gradient", message, path, got="requires_grad=True", want="no gradient")
    else:
        yield from _values(got, want, rule, path, brief)


def _values(
    got: ArrayValue, want: ArrayValue, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    if _same_bits(got.data, want.data):
        return
    wrong, size = differing(got.data, want.data, rule.tolerance)
    if not wrong.any():
        return
    if brief:
        yield Difference("value", "", path)
        return
    first = tuple(int(axis) for axis in np.argwhere(wrong)[0])
    nan = bool(np.any(_isnan(got.data) != _isnan(want.data)))
    largest = float(size[np.isfinite(size)].max()) if np.isfinite(size).any() else None
    count = int(wrong.sum())
    message = (
        f"{where(path)} differs at {index_of(first, rule.dims)}: "
        f"{element(got, first)}, not {element(want, first)}"
    )
    if count > 1:
        message += f" ({count} of {wrong.size} elements differ"
        message += f", by {largest:.3g} at most)" if largest is not None else ")"
    yield Difference(
        "nan" if nan else "value",
        message,
        path,
        first,
        got=element(got, first),
        want=element(want, first),
        size=largest,
        wrong=count,
        total=int(wrong.size),
        heat_map=heat_map(size, wrong, rule.dims),
        tolerance=rule.tolerance if want.data.dtype.kind == "f" else None,
    )


def _same_bits(got: Any, want: Any) -> bool:
    """Whether two arrays of one shape are the same bit for bit, as right answers mostly are: then
    nothing differs, whatever the tolerance, and finding that out costs a tenth."""
    return bool(got.dtype == want.dtype and got.tobytes() == want.tobytes())


def differing(got: Any, want: Any, tolerance: Tolerance) -> tuple[Any, Any]:
    """Which elements differ (bool array) and by how much (float array); same shapes.

    A NaN equals a NaN; an infinity equals itself.
    """
    if got.dtype.kind in "biu" and want.dtype.kind in "biu":
        wrong = got != want
        return wrong, np.abs(got.astype(np.float64) - want.astype(np.float64))
    with np.errstate(invalid="ignore", over="ignore"):  # a signalling NaN warns when it is cast
        one, other = got.astype(np.float64), want.astype(np.float64)
        size = np.abs(one - other)
        # A non-finite wanted value has no neighbourhood: only the same one equals it.
        bound = np.where(np.isfinite(other), tolerance.atol + tolerance.rtol * np.abs(other), 0.0)
        wrong = ~((size <= bound) | (one == other) | (np.isnan(one) & np.isnan(other)))
    return wrong, np.where(wrong, size, np.where(np.isnan(size), 0.0, size))


def _close(got: float, want: float, tolerance: Tolerance) -> bool:
    wrong, _ = differing(np.array(got), np.array(want), tolerance)
    return not bool(wrong)


def _has_float(number: int | float) -> bool:
    """Whether there is a float so large: Python's whole numbers have no end."""
    return isinstance(number, float) or number.bit_length() < sys.float_info.max_exp


def _same_kind(got: Value, want: Value) -> bool:
    if isinstance(want, float) and not isinstance(got, bool):
        return isinstance(got, (int, float))
    return type(got) is type(want)


def _dtype_problem(got: ArrayValue, want: ArrayValue, rule: Same) -> str | None:
    """The dtype that was wanted, when the one that came is not taken for it."""
    if rule.dtype == "exact":
        return None if got.dtype == want.dtype else want.dtype
    kinds = {"i": "an integer", "u": "an integer", "f": "a floating-point", "b": "a boolean"}
    asked, came = (kinds.get(array.data.dtype.kind, "?") for array in (want, got))
    return None if asked == came else f"{asked} dtype"


def _type_difference(got: Value | Missing, want: Value, path: str) -> Difference:
    have, need = type_of(got), type_of(want)
    return Difference("type", f"{where(path)} is {have}, not {need}", path, got=have, want=need)


def _shape_difference(got: ArrayValue, want: ArrayValue, rule: Same, path: str) -> Difference:
    have, need = shape_of(got), shape_of(want)
    message = f"{where(path)} has shape {have}, not {need}"
    if rule.dims and len(rule.dims) == len(want.shape):
        message += f" ({', '.join(rule.dims)})"
    if len(got.shape) == len(want.shape):
        axes = [a for a in range(len(want.shape)) if got.shape[a] != want.shape[a]]
        if len(axes) > 1 and sorted(got.shape) == sorted(want.shape):
            message += "; two axes are swapped"
        elif len(rule.dims) == len(want.shape):
            names = ", ".join(f"`{rule.dims[axis]}`" for axis in axes)
            message += f"; look at the axis {names}"
    return Difference("shape", message, path, got=have, want=need)


def _isnan(array: Any) -> Any:
    return np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
