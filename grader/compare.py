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
from heapq import nlargest
from itertools import islice, takewhile
from typing import Any

import numpy as np

from grader.heat import heat_map
from grader.model import (
    MISSING,
    ArrayValue,
    DictValue,
    Difference,
    DrawnFrom,
    ListValue,
    Missing,
    OpaqueValue,
    Same,
    Tolerance,
    Value,
    Within,
    at_path,
)

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


def within(got: Value, allowed: Value | Missing, rule: Within) -> tuple[Difference, ...]:
    """Items of the list at the rule's path that are not among the allowed ones."""
    items = _items(got, rule.path)
    if items is None:
        return (_not_a_list(at_path(got, rule.path), rule.path),)
    known = choices_of(allowed, rule)
    if not items:
        return (_empty(rule.path),)
    wrong = [index for index, item in enumerate(items) if _plain(item) not in known]
    if not wrong:
        return ()
    message = f"{len(wrong)} of {len(items)} results are impossible, the first is number {wrong[0]}"
    return (
        Difference(
            "value",
            message,
            rule.path,
            (wrong[0],),
            got=_short(items[wrong[0]]),
            want=f"one of {len(known)} possible ones",
            wrong=len(wrong),
            total=len(items),
        ),
    )


def drawn_from(got: Value, answer: Value | Missing, rule: DrawnFrom) -> tuple[Difference, ...]:
    """Outcomes that come up too often or too seldom for a sample of the distribution."""
    items = _items(got, rule.path)
    if items is None:
        return (_not_a_list(at_path(got, rule.path), rule.path),)
    if not items:
        return (_empty(rule.path),)
    chances = chances_of(answer, rule)
    seen = Counter(str(_plain(item)) for item in items)
    found = (_unlikely(outcome, seen, chances, len(items), rule) for outcome in {**chances, **seen})
    return tuple(nlargest(_MOST, filter(None, found), key=lambda one: one.size or 0.0))


def choices_of(answer: Value | Missing, rule: Within) -> set[Any]:
    """What the oracle allows. Raises ``LookupError`` when its answer has no list of that."""
    choices = _items(answer, rule.allowed)
    if choices is None:
        raise LookupError(f"the oracle has no list at {rule.allowed!r}")
    return set(map(_plain, choices))


def chances_of(answer: Value | Missing, rule: DrawnFrom) -> dict[str, float]:
    """How likely the oracle says each outcome is. Raises ``LookupError`` when it does not."""
    table = MISSING if isinstance(answer, Missing) else at_path(answer, rule.distribution)
    if not isinstance(table, DictValue):
        raise LookupError(f"the oracle has no mapping at {rule.distribution!r}")
    try:
        return {key: float(_number(value)) for key, value in table.items}
    except (TypeError, ValueError, OverflowError):
        raise LookupError(f"a chance at {rule.distribution!r} of the oracle is no number") from None


def _unlikely(
    outcome: str, seen: Counter[str], chances: dict[str, float], total: int, rule: DrawnFrom
) -> Difference | None:
    chance, count = chances.get(outcome, 0.0), seen[outcome]
    if _binomial_tail(count, total, chance) >= math.erfc(rule.sigmas / math.sqrt(2)):
        return None
    message = f"{_short(outcome)} came up {count} times in {total} draws"
    return Difference(
        "value",
        message,
        rule.path,
        got=f"{count} of {total}",
        want=f"about {total * chance:.1f} of {total}",
        size=abs(count / total - chance) if total else chance,
        total=total,
    )


def _binomial_tail(count: int, total: int, chance: float) -> float:
    """How likely a binomial sample is to lie at least so far out, on the side of ``count``."""
    if chance <= 0 or chance >= 1:
        return float(count == (total if chance >= 1 else 0))
    upper = count > total * chance
    outside = range(count, total + 1) if upper else range(count, -1, -1)
    # Outwards they only get smaller: after the first that is too small for a float come no others.
    return math.fsum(takewhile(bool, (_binomial(k, total, chance) for k in outside)))


def _binomial(k: int, total: int, chance: float) -> float:
    ways = math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
    return math.exp(ways + k * math.log(chance) + (total - k) * math.log1p(-chance))


def _walk(
    got: Value | Missing, want: Value, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    """``brief``: that arrays differ is all that is asked."""
    if isinstance(got, Missing):
        yield Difference("missing", f"{_where(path)} is missing", path, want=_short(want))
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
            message = f"{_where(path)} is a tensor that still carries its gradient graph"
            yield Difference("gradient", message, path, got="a tensor", want=_short(want))
            return
        got = got.data.item()
    if not _same_kind(got, want):
        yield _type_difference(got, want, path)
        return
    if isinstance(want, float) and isinstance(got, (int, float)) and _has_float(got):
        if not _close(float(got), want, rule.tolerance):
            size = abs(float(got) - want)
            message = f"{_where(path)} is {got:.7g}, not {want:.7g}"
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
        message = f"{_where(path)} is {_short(got)}, not {_short(want)}"
        yield Difference(
            "value", message, path, got=_short(got), want=_short(want), wrong=1, total=1
        )


def _list(got: Value, want: ListValue, rule: Same, path: str, brief: bool) -> Iterator[Difference]:
    if not isinstance(got, ListValue):
        yield _type_difference(got, want, path)
        return
    if len(got.items) != len(want.items):
        message = f"{_where(path)} has {len(got.items)} items, not {len(want.items)}"
        yield Difference(
            "structure", message, path, got=_short(got), want=_short(want), total=len(want.items)
        )
        return
    if not rule.ordered:
        yield from _unordered(got, want, path)
        return
    for index, (one, other) in enumerate(zip(got.items, want.items, strict=True)):
        yield from _walk(one, other, rule, f"{path}[{index}]", brief)


def _unordered(got: ListValue, want: ListValue, path: str) -> Iterator[Difference]:
    have, need = Counter(map(_plain, got.items)), Counter(map(_plain, want.items))
    for item in list((need - have).elements())[:3]:
        message = f"{_where(path)} lacks {_short(item)}"
        yield Difference("value", message, path, want=_short(item))
    for item in list((have - need).elements())[:3]:
        message = f"{_where(path)} has {_short(item)}, which does not belong there"
        yield Difference("value", message, path, got=_short(item))


def _mapping(
    got: Value, want: DictValue, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    if not isinstance(got, DictValue):
        yield _type_difference(got, want, path)
        return
    have = dict(reversed(got.items))  # of a key that is there twice the first one counts
    for key, value in want.items:
        where = f"{path}.{key}" if path else key
        yield from _walk(have.get(key, MISSING), value, rule, where, brief)
    if rule.extra_keys:
        return
    known = set(want.keys)
    extra = [key for key in got.keys if key not in known]
    if extra:
        message = f"{_where(path)} has a key too many: {_short(extra[0])}"
        yield Difference("structure", message, path, got=_short(extra), want=_short(want.keys))


def _array(
    got: Value, want: ArrayValue, rule: Same, path: str, brief: bool
) -> Iterator[Difference]:
    if want.shape == () and isinstance(got, (bool, int, float)):
        yield from _scalar(got, want.data.item(), rule, path)
        return
    if not isinstance(got, ArrayValue) or _is_tensor(got) != _is_tensor(want):
        yield _type_difference(got, want, path)
    elif got.shape != want.shape:
        yield _shape_difference(got, want, rule, path)
    elif (category := _dtype_problem(got, want, rule)) is not None:
        message = f"{_where(path)} has dtype {got.dtype}, not {category}"
        yield Difference("dtype", message, path, got=got.dtype, want=category)
    elif rule.grad == "none" and got.requires_grad:
        message = f"{_where(path)} carries a gradient graph"
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
        f"{_where(path)} differs at {_index(first, rule.dims)}: "
        f"{_element(got, first)}, not {_element(want, first)}"
    )
    if count > 1:
        message += f" ({count} of {wrong.size} elements differ"
        message += f", by {largest:.3g} at most)" if largest is not None else ")"
    yield Difference(
        "nan" if nan else "value",
        message,
        path,
        first,
        got=_element(got, first),
        want=_element(want, first),
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
    return Difference("type", f"{_where(path)} is {have}, not {need}", path, got=have, want=need)


def _shape_difference(got: ArrayValue, want: ArrayValue, rule: Same, path: str) -> Difference:
    have, need = _shape(got), _shape(want)
    message = f"{_where(path)} has shape {have}, not {need}"
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


def type_of(value: Value | Missing) -> str:
    """What a value is, in words for a person."""
    match value:
        case None:
            return "None"
        case ArrayValue():
            name = "tensor" if _is_tensor(value) else "numpy array"
            return f"a {name} of shape {_shape(value)}"
        case ListValue():
            return f"a {value.type}"
        case DictValue():
            return "a dict" if value.type == "dict" else f"a mapping ({value.type})"
        case OpaqueValue():
            return f"a `{value.type}`"
        case Missing():
            return "nothing"
    return {"bool": "a bool", "int": "an int", "float": "a float", "str": "a string"}[
        type(value).__name__
    ]


def _is_tensor(value: ArrayValue) -> bool:
    return not value.type.startswith("numpy.")


def _items(value: Value | Missing, path: str) -> tuple[Value, ...] | None:
    found = value if isinstance(value, Missing) else at_path(value, path)
    return found.items if isinstance(found, ListValue) else None


def _not_a_list(value: Value | Missing, path: str) -> Difference:
    return Difference(
        "type", f"{_where(path)} is {type_of(value)}, not a list", path, got=type_of(value)
    )


def _plain(value: Value) -> Any:
    """A hashable stand-in for a scalar or a nest of scalars."""
    if isinstance(value, ListValue):
        return tuple(_plain(item) for item in value.items)
    if isinstance(value, ArrayValue):
        return tuple(value.data.ravel().tolist())
    return str(value) if isinstance(value, (DictValue, OpaqueValue)) else value


def _empty(path: str) -> Difference:
    return Difference("structure", f"{_where(path)} is empty", path, got="[]")


def _number(value: Value) -> Any:
    return value.data.item() if isinstance(value, ArrayValue) else value


def _isnan(array: Any) -> Any:
    return np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)


def _where(path: str) -> str:
    return f"`{path}`" if path else "the result"


def _index(index: tuple[int, ...], dims: tuple[str, ...]) -> str:
    if len(dims) == len(index):
        return "[" + ", ".join(f"{dim} {at}" for dim, at in zip(dims, index, strict=True)) + "]"
    return "[" + ", ".join(map(str, index)) + "]"


def _element(array: ArrayValue, index: tuple[int, ...]) -> str:
    value = array.data[index].item()
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _shape(array: ArrayValue) -> str:
    return "(" + ", ".join(map(str, array.shape)) + ")"


def _short(value: Any, limit: int = 120) -> str:
    if isinstance(value, (ArrayValue, OpaqueValue, DictValue)):
        text = type_of(value)
    elif isinstance(value, ListValue):
        text = "[" + ", ".join(_short(item, 30) for item in value.items[:12])
        text += ", …]" if len(value.items) > 12 else "]"
    else:
        text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
