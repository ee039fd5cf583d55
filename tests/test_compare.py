"""Comparing: type, structure, shape, dtype, gradient, NaN, then values; never broadcast."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader import compare as compare_module
from grader import drawn_from, same, sampled, within
from grader.model import ArrayValue, DictValue, ListValue, OpaqueValue

compare, agrees = compare_module.compare, compare_module.agrees
SIGNALLING_NAN = np.array([0x7FA00000], "u4").view("f4")  # numpy warns when it is cast


def tensor(values, dtype="float64", **more):
    data = np.array(values, dtype="float32" if dtype == "bfloat16" else dtype)
    return ArrayValue(dtype, data, **more)


def first(got, want, **rule):
    found = compare(got, want, same(**rule))
    return (found[0].category, found[0].message) if found else None


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (3, 3),
        (True, True),
        ("a", "a"),
        (None, None),
        (1.0, 1.0 + 1e-9),
        (1, 1.0),
        (float("nan"), float("nan")),
        (float("-inf"), float("-inf")),
        (ListValue((1, 2), "tuple"), ListValue((1, 2), "list")),
        (DictValue((("a", 1),), "BatchEncoding"), DictValue((("a", 1),))),
        (DictValue((("b", 2), ("a", 1))), DictValue((("a", 1),))),
        (tensor([1, 2], "int32"), tensor([1, 2], "int64")),
        (tensor([1.0], "float32"), tensor([1.0])),
        (tensor([1.0], "bfloat16"), tensor([1.0])),
        (tensor([np.nan, np.inf]), tensor([np.nan, np.inf])),
        (tensor(2.5), 2.5),
        (2.5, tensor(2.5)),
        (tensor(np.zeros((2, 0))), tensor(np.zeros((2, 0)))),
        (tensor([1.0], requires_grad=True), tensor([1.0])),
    ],
)
def test_right_values_pass(got, want):
    assert compare(got, want, same()) == ()
    assert agrees(got, want, same())


@pytest.mark.parametrize(
    ("got", "want", "category"),
    [
        (1, True, "type"),
        (True, 1, "type"),
        (3.0, 3, "type"),
        ("3", 3, "type"),
        (None, 3, "type"),
        (OpaqueValue("generator"), ListValue((1,)), "type"),
        (ListValue((1, 2)), tensor([1, 2], "int64"), "type"),
        (tensor([1, 2], "int64"), ListValue((1, 2)), "type"),
        (tensor([1.0], type="numpy.ndarray"), tensor([1.0]), "type"),
        (ListValue((1,)), ListValue((1, 2)), "structure"),
        (DictValue((("b", 1),)), DictValue((("a", 1),)), "missing"),
        (tensor([1.0, 2.0]), tensor([[1.0, 2.0]]), "shape"),
        (tensor([[1.0]]), tensor([[1.0, 1.0]]), "shape"),
        (tensor(np.zeros((0, 2))), tensor(np.zeros((2, 0))), "shape"),
        (tensor([1.0]), tensor([1], "int64"), "dtype"),
        (tensor([True], "bool"), tensor([1], "int64"), "dtype"),
        (tensor(2.0, requires_grad=True), 2.0, "gradient"),
        (tensor([np.nan]), tensor([1.0]), "nan"),
        (float("nan"), 1.0, "nan"),
        (tensor([1.0]), tensor([np.inf]), "value"),
        (tensor([-np.inf]), tensor([np.inf]), "value"),
        (tensor([1.0]), tensor([1.1]), "value"),
        (tensor([2**53], "int64"), tensor([2**53 + 1], "int64"), "value"),
        (10**400, 1.5, "value"),  # there is no float so large
        (-(10**400), float("-inf"), "value"),
        (tensor([-1.7e308]), tensor([1.7e308]), "value"),
        (ArrayValue("float32", SIGNALLING_NAN), tensor([1.0], "float32"), "nan"),
        ("a", "b", "value"),
        (7, 8, "value"),
    ],
)
def test_each_kind_of_difference_has_its_category(got, want, category):
    assert first(got, want)[0] == category
    assert not agrees(got, want, same())


def test_the_message_names_axis_index_and_size():
    want = tensor(np.arange(6.0).reshape(2, 3))
    got = tensor(np.arange(6.0).reshape(2, 3) + np.array([[0, 0, 0], [0, 0.5, 0.25]]))
    (difference,) = compare(got, want, same("", dims="batch sequence"))
    assert difference.index == (1, 1)
    assert difference.message == (
        "the result differs at [batch 1, sequence 1]: 4.5, not 4 "
        "(2 of 6 elements differ, by 0.5 at most)"
    )
    assert (difference.wrong, difference.total, difference.size) == (2, 6, 0.5)


def test_a_swapped_axis_is_named():
    message = first(tensor(np.zeros((3, 2))), tensor(np.zeros((2, 3))), dims="batch sequence")[1]
    assert "(3, 2), not (2, 3)" in message
    assert "swapped" in message


def test_a_wrong_axis_is_named():
    message = first(tensor(np.zeros((2, 4))), tensor(np.zeros((2, 3))), dims="batch sequence")[1]
    assert "`sequence`" in message
    assert "`batch`" not in message


def test_exact_dtype_and_gradients_when_asked():
    assert first(tensor([1], "int32"), tensor([1], "int64"), dtype="exact")[0] == "dtype"
    assert first(tensor([1.0], requires_grad=True), tensor([1.0]), grad="none")[0] == "gradient"


def test_exact_means_bit_for_bit():
    assert first(tensor([1.0 + 1e-15]), tensor([1.0]), exact=True)[0] == "value"
    assert first(tensor([1.0 + 1e-15]), tensor([1.0])) is None


def test_every_leaf_is_told_with_its_path():
    got = DictValue((("a", ListValue((1, 5))), ("b", 3)))
    want = DictValue((("a", ListValue((1, 2))), ("b", 4)))
    assert [difference.path for difference in compare(got, want, same())] == ["a[1]", "b"]


def test_extra_keys_only_when_refused():
    got, want = DictValue((("a", 1), ("z", 2))), DictValue((("a", 1),))
    assert first(got, want) is None
    assert first(got, want, extra_keys=False)[0] == "structure"


def test_of_a_key_that_is_there_twice_the_first_counts():
    want = DictValue((("a", 1),))
    assert first(DictValue((("a", 1), ("a", 2))), want) is None
    assert first(DictValue((("a", 2), ("a", 1))), want)[0] == "value"


@pytest.mark.parametrize("bits", [[np.nan, -np.inf, 0.0], [-0.0, 1e-320, 2.0]])
def test_the_same_bits_are_the_same_whatever_is_asked(bits):
    assert first(tensor(bits), tensor(bits), exact=True, dtype="exact") is None
    assert first(tensor([*bits[:2], 3.0]), tensor(bits), exact=True)[0] == "value"


def test_the_same_bytes_of_another_dtype_are_not_the_same():
    one = np.array([1.5, 2.5])
    assert first(tensor(one.view("int64"), "int64"), tensor(one))[0] == "dtype"
    assert first(tensor(one.astype(">f8").view("<f8")), tensor(one))[0] == "value"


def test_unordered_lists_are_collections():
    assert first(ListValue((2, 1)), ListValue((1, 2)), ordered=False) is None
    assert first(ListValue((2, 2)), ListValue((1, 2)), ordered=True) is not None
    assert first(ListValue((2, 2)), ListValue((1, 2)), ordered=False)[0] == "value"


def test_a_path_reaches_into_the_result():
    got, want = DictValue((("mask", 1),)), DictValue((("mask", 2),))
    assert first(got, want, path="mask")[1] == "`mask` is 1, not 2"
    with pytest.raises(LookupError):
        compare(got, want, same("ids"))


def test_a_heat_map_shows_the_worst_plane():
    want = np.zeros((2, 3, 200))
    got = want.copy()
    got[1, 2, 199] = 4.0
    (difference,) = compare(tensor(got), tensor(want), same(dims="batch row column"))
    picture = difference.heat_map
    assert (picture.rows, picture.columns, picture.largest) == (3, 64, 4.0)
    assert picture.levels[-1] == 255
    assert set(picture.levels[:-1]) == {0}
    assert "batch 1" in picture.caption


def test_within_and_drawn_from():
    oracle = DictValue(
        (("all", ListValue(("x", "y"))), ("chance", DictValue((("x", 0.9), ("y", 0.1)))))
    )
    fair = DictValue((("texts", ListValue(("x",) * 90 + ("y",) * 10)),))
    uniform = DictValue((("texts", ListValue(("x",) * 50 + ("y",) * 50)),))
    alien = DictValue((("texts", ListValue(("x",) * 90 + ("z",) * 10)),))
    rule, chance = within("texts", "all"), drawn_from("texts", "chance")
    assert sampled.within(fair, oracle, rule) == ()
    assert sampled.within(alien, oracle, rule)[0].index == (90,)
    assert sampled.drawn_from(fair, oracle, chance) == ()
    assert sampled.drawn_from(uniform, oracle, chance) != ()
    assert sampled.drawn_from(alien, oracle, chance) != ()
    assert sampled.within(DictValue(()), oracle, rule)[0].category == "type"
    nothing = DictValue((("texts", ListValue(())),))
    assert sampled.within(nothing, oracle, rule)[0].category == "structure"
    assert sampled.drawn_from(nothing, oracle, chance)[0].category == "structure"


@pytest.mark.parametrize(
    ("count", "passes"), [(0, True), (1, True), (2, True), (4, True), (12, False)]
)
def test_rare_outcomes_are_judged_by_the_binomial_not_the_normal(count, passes):
    """Of 100 draws at 1 in 500, even four are no proof (1 in 10**4 runs); twelve are."""
    chance = DictValue((("p", DictValue((("rare", 0.002), ("usual", 0.998)))),))
    texts = ListValue(("rare",) * count + ("usual",) * (100 - count))
    found = sampled.drawn_from(texts, chance, drawn_from("", "p"))
    assert (found == ()) is passes


@pytest.mark.parametrize("chance", [0.001, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("total", [1, 40, 1000])
def test_a_tail_is_summed_as_far_as_it_counts(total: int, chance: float):
    for count in range(0, total + 1, max(1, total // 20)):
        outside = range(count, total + 1) if count > total * chance else range(count + 1)
        whole = math.fsum(sampled._binomial(k, total, chance) for k in outside)
        assert sampled._binomial_tail(count, total, chance) == pytest.approx(whole, rel=1e-12)


def test_a_sample_of_a_hundred_thousand_outcomes_tells_the_worst():
    """As many differences are made as are worth keeping, whatever comes back."""
    texts = ListValue(tuple(range(100_000)) + ("x",) * 50_000)
    chance = DictValue((("p", DictValue((("x", 0.5), ("y", 0.5)))),))
    found = sampled.drawn_from(texts, chance, drawn_from("", "p"))
    assert len(found) == 20
    assert found[0].message == "'y' came up 0 times in 150000 draws"
    assert found[0].size == max(one.size for one in found)


@pytest.mark.parametrize(
    "chance", ["x", None, 10**400, ListValue(()), tensor([0.5, 0.5]), DictValue(())]
)
def test_an_oracle_that_gives_no_chances_is_told(chance):
    answer = DictValue((("p", DictValue((("x", chance),))),))
    with pytest.raises(LookupError, match="no number"):
        sampled.drawn_from(ListValue(("x",)), answer, drawn_from("", "p"))


def test_what_agrees_is_what_does_not_differ_whatever_is_asked():
    """A rule's options, on values that differ in one way each."""
    base = DictValue((("a", tensor([[1.0, 2.0]])), ("b", ListValue((3, 1, 2)))))
    others = [
        base,
        DictValue((*base.items, ("c", 1))),
        DictValue((("a", tensor([[1.0, 2.0]], "float32")), base.items[1])),
        DictValue((("a", tensor([[1.0, 2.0]], requires_grad=True)), base.items[1])),
        DictValue((("a", tensor([[1.0, 2.0 + 1e-4]])), base.items[1])),
        DictValue((("a", tensor([[1.0, np.nan]])), base.items[1])),
        DictValue((base.items[0], ("b", ListValue((1, 2, 3))))),
        DictValue((base.items[1],)),
        ListValue((1,)),
    ]
    rules = [
        same(),
        same("a"),
        same("b.0"),
        same(extra_keys=False),
        same(dtype="exact"),
        same(grad="none"),
        same("b", ordered=False),
        same(rtol=1e-3),
        same(rtol=0.0, atol=0.0),
    ]
    found = [(agrees(o, base, rule), not compare(o, base, rule)) for o in others for rule in rules]
    assert all(quick == slow for quick, slow in found)
    assert {quick for quick, _ in found} == {True, False}
