"""Inputs with fixtures in them, however deep, and what is said of wrong ones."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from grader.model import Fixture
from grader.worker.fixtures import FixtureError, build, build_inputs, scratch


def _own() -> ModuleType:
    probe = ModuleType("probe")

    def pair(left, right=3):
        return [left, right]

    def broken():
        raise KeyError("oops")

    probe.pair, probe.broken, probe.CONSTANT = pair, broken, 7
    return probe


def test_plain_inputs_stay_as_they_are_in_new_containers():
    inputs = {"rows": [[1, 2], [3]], "name": "a", "none": None, "pair": (1, True), "map": {"a": []}}
    built = build_inputs(inputs, None)
    assert built == inputs
    assert built["rows"] is not inputs["rows"]
    assert built["rows"][0] is not inputs["rows"][0]
    assert built["map"]["a"] is not inputs["map"]["a"]


def test_fixtures_are_built_inside_lists_dictionaries_and_tuples():
    ones = Fixture("tensor", {"shape": [2], "kind": "ones"})
    built = build_inputs({"a": [ones, {"b": (ones, 5)}]}, None)
    assert torch.equal(built["a"][0], torch.ones(2, dtype=torch.float64))
    assert torch.equal(built["a"][1]["b"][0], built["a"][0])
    assert built["a"][1]["b"][1] == 5


def test_a_topic_s_own_fixture_gets_its_arguments_built():
    ones = Fixture("tensor", {"shape": [2], "kind": "ones"})
    left, right = build(Fixture("pair", {"left": [ones]}), _own())
    assert torch.equal(left[0], torch.ones(2, dtype=torch.float64))
    assert right == 3


def test_every_call_builds_anew():
    one = Fixture("tensor", {"values": [1.0]})
    first = build(one, None)
    first += 1
    assert build(one, None).tolist() == [1.0]


@pytest.mark.parametrize(
    ("fixture", "said"),
    [
        (Fixture("modell", {"arch": "bert"}), "no fixture 'modell'"),
        (Fixture("CONSTANT"), "no fixture 'CONSTANT'"),
        (Fixture("tensor", {"shape": [2], "sed": 1}), r"tensor\(.*\): .*'sed'"),
        (Fixture("batch"), r"batch\(\): .*'rows'"),
        (Fixture("pair", {"middle": 1}), r"pair\(middle=1\): "),
        (Fixture("broken"), r"broken\(\) failed with KeyError: 'oops'"),
        (Fixture("model", {"arch": "t5"}), r"model\(.*\): arch is 't5'.*distilbert, bert, gpt2"),
        (Fixture("model", {"arch": "gpt2", "head": "masked-lm"}), "gpt2.*'masked-lm'"),
        (Fixture("model", {"arch": "bert", "head": "lm"}), "head is 'lm'"),
        (Fixture("model", {"arch": "bert", "layer": 2}), "'layer' is no key"),
        (Fixture("model", {"arch": "bert", "mode": "training"}), "mode is 'training'"),
        (Fixture("model", {"arch": "bert", "dtype": "double precision"}), "dtype is 'double p"),
        (Fixture("model", {"arch": "bert", "heads": 5}), "model.*heads=5.* failed with ValueError"),
        (Fixture("tensor", {"shape": [2], "kind": "gaussian"}), "kind is 'gaussian'"),
        (Fixture("tensor", {}), "either shape or values"),
        (Fixture("tensor", {"shape": [1], "values": [1]}), "either shape or values"),
        (Fixture("batch", {"rows": [[1]], "side": "middle"}), "side is 'middle'"),
        (Fixture("batch", {"rows": [[1]], "kind": "list"}), "kind is 'list'"),
    ],
)
def test_what_is_wrong_with_a_fixture_is_named(fixture: Fixture, said: str):
    with pytest.raises(FixtureError, match=said):
        build(fixture, _own())


def test_a_wrong_fixture_inside_another_is_named_too():
    inner = Fixture("tensor", {"shape": [2], "sed": 1})
    with pytest.raises(FixtureError, match="'sed'"):
        build_inputs({"a": [Fixture("pair", {"left": inner})]}, _own())


def test_scratch_is_the_process_s_own_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TMPDIR", "/some/where")
    assert scratch() == build(Fixture("scratch"), None) == "/some/where"


def test_building_draws_nothing_from_the_global_generators():
    torch.manual_seed(5)
    np.random.seed(5)
    expected = torch.rand(1).item(), np.random.rand()
    torch.manual_seed(5)
    np.random.seed(5)
    inputs = {
        "model": Fixture("model", {"arch": "gpt2", "head": "sequence-classification"}),
        "tensor": Fixture("tensor", {"shape": [3]}),
        "loader": Fixture("loader", {"shuffle": True}),
    }
    built = build_inputs(inputs, None)
    list(built["loader"])
    assert (torch.rand(1).item(), np.random.rand()) == expected
