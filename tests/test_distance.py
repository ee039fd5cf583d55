"""How far values are apart, for the calibration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import same
from grader.compare import compare
from grader.distance import distance, has_floats, in_single_precision
from grader.model import ArrayValue, DictValue, ListValue, Tolerance, Value

RULE = same()


def array(*values: float) -> ArrayValue:
    return ArrayValue("float64", np.array(values))


@pytest.mark.parametrize(
    ("got", "want", "expected"),
    [
        (1.0, 1.0, 0.0),
        (array(1.0, 2.2), array(1.0, 2.0), 0.2 / 2.1),
        (array(0.0, 0.01), array(0.0, 0.0), 0.01 / 0.1),
        (ListValue((1.0, 3.0)), ListValue((1.0, 2.9)), 0.1 / 3.0),
        (DictValue((("a", 1.5), ("b", "x"))), DictValue((("b", "x"), ("a", 1.0))), 0.5 / 1.1),
        (array(1.0), array(1.0, 1.0), math.inf),
        (array(math.nan), array(1.0), math.inf),
        (array(1.0), array(math.inf), math.inf),
        (array(math.inf, 1.0), array(math.inf, 1.0), 0.0),
        (3, 4, math.inf),
        ("a", "b", math.inf),
        (1.0, "b", math.inf),
    ],
)
def test_distance(got: Value, want: Value, expected: float):
    assert distance(got, want, RULE) == pytest.approx(expected, rel=1e-9)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_tolerance_of_the_distance_makes_them_the_same(got: float, want: float):
    far = distance(got, want, RULE)
    scale = RULE.tolerance.atol / RULE.tolerance.rtol

    def agree(rtol: float) -> bool:
        rule = same(rtol=rtol, atol=rtol * scale)
        return not compare(got, want, rule)

    assert agree(far * 1.0001)
    assert far < 1e-9 or not agree(far * 0.9999)


def test_only_floats_have_a_tolerance():
    assert has_floats(DictValue((("a", ListValue((1, array(1.0)))),)))
    assert not has_floats(ListValue((1, "a", True, None)))


def test_single_precision_rounds_every_float():
    value = DictValue((("a", array(1 / 3, 1e300)), ("b", ListValue((1 / 3, 7, "x")))))
    rounded = in_single_precision(value)
    assert 0 < distance(rounded, value, same(rtol=1.0, atol=0.0)) <= 2.0**-24
    assert isinstance(rounded, DictValue)
    assert rounded.get("b") == ListValue((float(np.float32(1 / 3)), 7, "x"))
    assert RULE.tolerance == Tolerance(1e-5, 1e-6)
