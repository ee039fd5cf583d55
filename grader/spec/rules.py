"""The rules that a check may name. In: what staff writes. Out: frozen rules of the model."""

from __future__ import annotations

from grader.model import EXACT, DrawnFrom, Raises, Same, Tolerance, Within


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
    if dtype not in ("kind", "exact") or grad not in ("any", "none"):
        raise ValueError("dtype is 'kind' or 'exact'; grad is 'any' or 'none'")
    tolerance = EXACT if exact else Tolerance(rtol, atol)
    return Same(path, tolerance, tuple(dims.split()), dtype, grad, extra_keys, ordered)


def raises(exception: str) -> Raises:
    """The call raises this exception, by class name; a subclass counts."""
    return Raises(exception)


def within(path: str, allowed: str) -> Within:
    """Every item of the list at ``path`` is in the oracle's list at ``allowed``."""
    return Within(path, allowed)


def drawn_from(path: str, distribution: str, sigmas: float = 6.0) -> DrawnFrom:
    """The list at ``path`` is a plausible sample of the oracle's ``{outcome: probability}``."""
    return DrawnFrom(path, distribution, sigmas)
