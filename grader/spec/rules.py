"""The rules that a check may name. In: what staff writes. Out: frozen rules of the model.

Each raises ``RuleError`` for an argument that it does not take.
"""

from __future__ import annotations

import math

from grader.model import EXACT, DrawnFrom, Raises, Same, Tolerance, Within
from grader.spec.errors import RuleError


def same(
    path: str = "",
    *,
    exact: bool = False,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    dims: str = "",
    dtype: str = "kind",
    grad: str = "any",
    extra_keys: bool = True,
    ordered: bool = True,
) -> Same:
    """The value at ``path`` equals the reference's.

    path: dotted into the result or into what the probe returned; ``""`` is all of it.
    exact: floats bit for bit. Otherwise ``|got - want| <= atol + rtol * |want|``. Integers,
        booleans and strings are always exact.
    dims: names of the axes for messages, as ``"batch sequence"``.
    dtype: ``"kind"`` takes any float for a float and any integer for an integer; ``"exact"`` is
        for results whose dtype the assignment fixes.
    grad: ``"none"`` refuses a tensor that carries a gradient graph.
    extra_keys: whether a mapping may have keys that the reference's has not.
    ordered: ``False`` compares lists as collections.
    """
    if dtype not in ("kind", "exact"):
        raise RuleError(f"dtype is 'kind' or 'exact', not {dtype!r}")
    if grad not in ("any", "none"):
        raise RuleError(f"grad is 'any' or 'none', not {grad!r}")
    for name, bound in (("rtol", rtol), ("atol", atol)):
        if not (bound >= 0 and math.isfinite(bound)):
            raise RuleError(f"{name} is a number from 0 upwards, not {bound!r}")
    tolerance = EXACT if exact else Tolerance(rtol, atol)
    return Same(path, tolerance, tuple(dims.split()), dtype, grad, extra_keys, ordered)


def raises(exception: str) -> Raises:
    """The call raises this exception, by class name; a subclass counts."""
    if not isinstance(exception, str) or not exception.isidentifier():
        raise RuleError(f'raises takes the name of a class, as in "ValueError", not {exception!r}')
    return Raises(exception)


def within(path: str, allowed: str) -> Within:
    """Every item of the list at ``path`` is in the oracle's list at ``allowed``."""
    return Within(path, allowed)


def drawn_from(path: str, distribution: str, sigmas: float = 6.0) -> DrawnFrom:
    """The list at ``path`` is a plausible sample of the oracle's ``{outcome: probability}``."""
    if not (sigmas > 0 and math.isfinite(sigmas)):
        raise RuleError(f"sigmas is a number above 0, not {sigmas!r}")
    return DrawnFrom(path, distribution, sigmas)
