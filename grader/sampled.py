"""Judges results of chance: by what is possible, and by how likely it is.

In: a list of results, what an oracle says of them, and a rule. Out: differences; none when the
results may well have been drawn so.
"""

from __future__ import annotations

import math
from collections import Counter
from heapq import nlargest
from itertools import takewhile
from typing import Any

from grader.model import (
    MISSING,
    ArrayValue,
    DictValue,
    Difference,
    DrawnFrom,
    ListValue,
    Missing,
    Value,
    Within,
    at_path,
    hashable,
)
from grader.value_words import short, type_of, where

_MOST = 20  # outcomes that are worth telling of


def within(got: Value, allowed: Value | Missing, rule: Within) -> tuple[Difference, ...]:
    """Items of the list at the rule's path that are not among the allowed ones."""
    items = _items(got, rule.path)
    if items is None:
        return (_not_a_list(at_path(got, rule.path), rule.path),)
    known = choices_of(allowed, rule)
    if not items:
        return (_empty(rule.path),)
    wrong = [index for index, item in enumerate(items) if hashable(item) not in known]
    if not wrong:
        return ()
    message = f"{len(wrong)} of {len(items)} results are impossible, the first is number {wrong[0]}"
    return (
        Difference(
            "value",
            message,
            rule.path,
            (wrong[0],),
            got=short(items[wrong[0]]),
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
    seen = Counter(str(hashable(item)) for item in items)
    found = (_unlikely(outcome, seen, chances, len(items), rule) for outcome in {**chances, **seen})
    return tuple(nlargest(_MOST, filter(None, found), key=lambda one: one.size or 0.0))


def choices_of(answer: Value | Missing, rule: Within) -> set[Any]:
    """What the oracle allows. Raises ``LookupError`` when its answer has no list of that."""
    choices = _items(answer, rule.allowed)
    if choices is None:
        raise LookupError(f"the oracle has no list at {rule.allowed!r}")
    return set(map(hashable, choices))


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
    message = f"{short(outcome)} came up {count} times in {total} draws"
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


def _items(value: Value | Missing, path: str) -> tuple[Value, ...] | None:
    found = value if isinstance(value, Missing) else at_path(value, path)
    return found.items if isinstance(found, ListValue) else None


def _not_a_list(value: Value | Missing, path: str) -> Difference:
    return Difference(
        "type", f"{where(path)} is {type_of(value)}, not a list", path, got=type_of(value)
    )


def _empty(path: str) -> Difference:
    return Difference("structure", f"{where(path)} is empty", path, got="[]")


def _number(value: Value) -> Any:
    return value.data.item() if isinstance(value, ArrayValue) else value
