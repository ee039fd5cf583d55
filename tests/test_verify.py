"""The proofs: what they find wrong with checks, in made-up observations."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import raises, same
from grader.model import (
    Assignment,
    Broken,
    Case,
    Check,
    Died,
    Fixture,
    FunctionBaseline,
    Job,
    KnownMistake,
    Mistake,
    Observation,
    Outcome,
    Raised,
    Returned,
    Task,
    Tolerance,
    Topic,
)
from grader.spec import Measure, SpecError, dump_measures, measures
from grader.spec.tolerances import with_measures
from grader.verify import caught_by, margins, noisy_jobs, prove_under, unheard, verify
from grader.verify.order import reversed_job, same_outcomes
from grader.verify.trivial import BEFORE, not_tried, trivial_job, trivial_observations

CASES = (
    Case("shown", {"x": 1.0}, public=True),
    Case("kept", {"x": 2.0}),
    Case("drawn 1", {"x": 3.0}, seed=5),
)
TASK = Task("f", CASES, (Check("the value", same(), 10.0),), (), ("x",))
REFERENCE = "def f(x):\n    return x * 10.0\n"
TOPIC = Topic("t", (TASK,), REFERENCE, rights={"one": "right one", "two": "right two"})


def outcomes(*values: float) -> dict[str, Outcome]:
    return {case.name: Returned(value) for case, value in zip(CASES, values, strict=True)}


class Script:
    """A runner that does what a function of the source and the input says."""

    def __init__(self, **does) -> None:
        self.does = does
        self.asked: list[Job] = []
        self.otherwise: Callable[[float], object] = lambda x: x * 10.0

    def run(self, job: Job) -> Observation:
        self.asked.append(job)
        act = self.does.get(job.source, self.otherwise)
        return Observation(
            job.topic,
            {
                call.function: {case.name: _outcome(act(case.inputs["x"])) for case in call.cases}
                for call in job.calls
            },
        )


def _outcome(value: object) -> Outcome:
    return value if isinstance(value, Broken | Raised) else Returned(value)


MISTAKES = (Mistake("public", "wrong everywhere", 7), Mistake("hidden", "wrong on two", 9))
WRONG = {"wrong everywhere": lambda x: 0.0, "wrong on two": lambda x: 0.0 if x == 2.0 else x * 10.0}


def seeded(topic: Topic = TOPIC) -> Topic:
    return replace(topic, tasks=(replace(TASK, mistakes=MISTAKES),))


# ---------------------------------------------------------------- the order of cases


def test_the_order_of_cases_must_not_matter():
    job = reversed_job(TOPIC)
    assert [case.name for case in job.calls[0].cases] == ["drawn 1", "kept", "shown"]
    wanted = outcomes(1.0, 2.0, 3.0)
    assert list(same_outcomes(TASK, wanted, Observation("t", {"f": wanted}))) == []
    moved = outcomes(1.0, 2.0 + 1e-15, 3.0)
    told = list(same_outcomes(TASK, wanted, Observation("t", {"f": moved})))
    assert len(told) == 1
    assert "'kept'" in told[0]


# ---------------------------------------------------------------- trivial answers


def test_every_trivial_answer_is_a_call_of_its_own():
    task = replace(TASK, checks=(*TASK.checks, Check("no", raises("KeyError"), 1.0)))
    job = trivial_job(replace(TOPIC, tasks=(task,)), task)
    compile(job.source, "trivial", "exec")
    names = {call.function for call in job.calls}
    assert names <= set(re.findall(r"def (\w+)", job.source))
    did = {name: {"shown": Returned(name)} for name in names}
    told = dict(trivial_observations(task, Observation("t", did), {"shown": Returned("right")}))
    assert {"the input `x`", "always KeyError", "NaN of the expected shape"} <= set(told)
    assert len({seen.outcome("f", "shown") for seen in told.values()}) == len(names)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("nothing", [None, None]),
        ("the input `x`", [3, 4]),
        ("zeros of the expected shape", [{"a": [0, ""]}, {"a": [0, ""]}]),
        ("the answer of the case before", [None, {"a": [3, "s"]}]),
    ],
)
def test_what_trivial_answers_are(answer: str, expected: list):
    pytest.importorskip("torch")
    topic = replace(TOPIC, reference="def f(x):\n    return {'a': [x, 's']}\n")
    wanted = dict.fromkeys([case.name for case in CASES], Returned(0))
    names = [name for name, _ in trivial_observations(TASK, Observation("t"), wanted)]
    space: dict = {}
    exec(compile(trivial_job(topic, TASK).source, "trivial", "exec"), space)
    function = space[f"trivial_{names.index(answer)}"]
    assert [function(3), function(4)] == expected


def test_what_has_the_expected_shape_keeps_its_kinds():
    """The reference's answer comes from its fork by the codec: structure, dtypes, shapes, and what
    JSON has no word for."""
    torch = pytest.importorskip("torch")
    reference = """
import torch
def f(x):
    return {"half": torch.ones(2, 0, 3, dtype=torch.bfloat16), "mask": torch.tensor(True),
            "t": (x, [2.5] * 40, {"n": float("nan"), "big": 2**70, "s": "é", "none": None})}
"""
    names = [
        name for name, _ in trivial_observations(TASK, Observation("t"), {"shown": Returned(0)})
    ]
    space: dict = {}
    source = trivial_job(replace(TOPIC, reference=reference), TASK).source
    exec(compile(source, "trivial", "exec"), space)
    right = space["_trivial_right"]((3,), {})
    assert (right["half"].dtype, right["half"].shape) == (torch.bfloat16, (2, 0, 3))
    assert (right["mask"].dtype, right["mask"].shape) == (torch.bool, ())
    rest = right["t"][2]
    assert math.isnan(rest.pop("n"))
    assert [*right["t"][:2], rest] == [3, [2.5] * 40, {"big": 2**70, "s": "é", "none": None}]
    zeros = space[f"trivial_{names.index('zeros of the expected shape')}"](3)
    assert zeros["t"] == [0, [0.0] * 40, {"n": 0.0, "big": 0, "s": "", "none": None}]


@pytest.mark.parametrize("answer", ["lambda: 1", "torch.ones(1) * 1j", "torch.nn.Linear(1, 1)"])
def test_a_reference_that_gives_more_than_data_has_no_shape(answer: str):
    pytest.importorskip("torch")
    topic = replace(TOPIC, reference=f"import torch\ndef f(x):\n    return [x, {answer}]\n")
    space: dict = {}
    exec(compile(trivial_job(topic, TASK).source, "trivial", "exec"), space)
    assert space["_trivial_right"]((3,), {}) is None


def test_where_nothing_can_be_worked_out_in_a_fork_that_is_told(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("torch")
    monkeypatch.delattr(os, "fork")
    with pytest.raises(RuntimeError, match="prove the topic on Linux or macOS"):
        exec(compile(trivial_job(TOPIC, TASK).source, "trivial", "exec"), {})


def test_an_answer_that_could_not_be_given_is_told():
    names = {call.function for call in trivial_job(TOPIC, TASK).calls}
    fine = {name: outcomes(1.0, 2.0, 3.0) for name in names}
    assert not_tried(TASK, Observation("t", fine)) == ""
    assert "'shown'" in not_tried(TASK, Observation("t", fine | {"trivial_0": {}}))
    unloaded = Raised("ImportError", "no torch", ("ImportError",), stage="load")
    for accident in (Broken("ours"), Died("signal"), unloaded):
        did = fine | {"trivial_3": outcomes(1.0, 2.0, 3.0) | {"kept": accident}}
        assert "'kept'" in not_tried(TASK, Observation("t", did))
    refused = Raised("ValueError", "no", ("ValueError",), stage="call")
    did = fine | {"trivial_3": outcomes(1.0, 2.0, 3.0) | {"kept": refused}}
    assert not_tried(TASK, Observation("t", did)) == ""


def test_the_first_case_has_no_case_before_it():
    wanted = outcomes(10.0, 20.0, 30.0)
    names = [name for name, _ in trivial_observations(TASK, Observation("t"), wanted)]
    late = f"trivial_{names.index(BEFORE)}"
    did = Observation("t", {late: outcomes(0.0, 10.0, 20.0)})
    told = dict(trivial_observations(TASK, did, wanted))[BEFORE].outcomes["f"]
    assert told == {**outcomes(0.0, 10.0, 20.0), "shown": Returned(10.0)}


# ---------------------------------------------------------------- whole proofs


def proven(topic: Topic, folder: Path, **does) -> str:
    """All complaints about a topic, for what its sources do."""
    made = next(verify(Assignment((topic,)), folder, Script(**does)))
    return "\n".join(made.complaints)


BROKEN_NAME = Raised("NameError", "name 'txt' is not defined", ("NameError",))


def test_a_mistake_that_never_runs_is_told(tmp_path: Path):
    assert "never runs" not in proven(seeded(), tmp_path, **WRONG)
    told = proven(seeded(), tmp_path, **WRONG | {"wrong on two": lambda x: BROKEN_NAME})
    assert "task.py:9: the mistake never runs" in told


def test_a_tolerance_that_nobody_measured_is_told(tmp_path: Path):
    assert "nobody measured" in proven(seeded(), tmp_path, **WRONG)
    (tmp_path / "t").mkdir()
    file = tmp_path / "t" / "tolerances.json"
    measure = Measure(ceiling=1e-7, floor=1e-2, tolerance=1e-5)
    file.write_text(dump_measures({"f": {"the value": measure}}))
    told = proven(seeded(), tmp_path, **WRONG)
    assert "measured" not in told
    assert "too close" not in told
    close = Measure(ceiling=1e-7, floor=1e-5, tolerance=1e-6)
    file.write_text(dump_measures({"f": {"the value": close}}))
    assert "too close together" in proven(seeded(), tmp_path, **WRONG)


def test_a_trivial_answer_that_earns_is_told(tmp_path: Path):
    def job(x: float) -> float:
        return 0.0

    topic = replace(seeded(), reference=REFERENCE, rights={"one": "one", "two": "two"})
    every = dict.fromkeys(["one", "two", REFERENCE, *WRONG], job)
    runner = Script(**every)
    runner.otherwise = lambda x: 0.0
    made = next(verify(Assignment((topic,)), tmp_path, runner))
    assert any("zero earns the points of 'the value'" in told for told in made.complaints)


# ---------------------------------------------------------------- tolerances by measurement


def margin_of(noise: float, *mistakes: float, checks: tuple[Check, ...] = TASK.checks):
    """The margin of the first check, for one noisy run and mistakes that are so far away."""
    task = replace(TASK, checks=checks)
    known = tuple(
        KnownMistake(f"mistake {number}", outcomes(10.0, 20.0, 30.0 * (1 + far)))
        for number, far in enumerate(mistakes)
    )
    baseline = FunctionBaseline(outcomes(10.0, 20.0, 30.0), mistakes=known)
    noisy = Observation("t", {"f": outcomes(10.0, 20.0 * (1 + noise), 30.0)})
    return next(margins(task, baseline, {"noisy": noisy}))


def test_the_tolerance_lies_between_noise_and_the_nearest_mistake():
    margin = margin_of(1e-6, 0.5, 1e-3)
    assert margin.ceiling == pytest.approx(1e-6, rel=0.01)
    assert margin.floor == pytest.approx(1e-3, rel=0.01)
    assert margin.tolerance == pytest.approx(math.sqrt(1e-9), rel=0.02)
    assert (margin.noisiest, margin.nearest) == ("noisy", "mistake 1")
    assert not margin_of(2e-6, 1e-3).wide_enough
    assert margin_of(1e-7, 1e-3).wide_enough


def test_float32_is_always_within_the_noise():
    margin = margin_of(0.0, math.inf)
    assert margin.ceiling == 2.0**-24
    assert margin.floor == math.inf
    assert margin.wide_enough
    assert margin.tolerance == pytest.approx(math.sqrt(2.0**-24 * 1e-2))


def test_a_mistake_within_the_noise_is_another_checks_matter():
    assert margin_of(1e-6, 1e-8).floor == math.inf
    near = margin_of(1e-6, 5e-6)
    assert near.floor == pytest.approx(5e-6, rel=0.01), "no other check catches it"
    twice = (Check("the value", same(), 5.0), Check("exactly", same(exact=True), 5.0))
    assert margin_of(1e-6, 5e-6, checks=twice).floor == math.inf
    assert margin_of(1e-6, 5e-5, checks=twice).floor == pytest.approx(5e-5, rel=0.01)


def test_a_stated_absolute_tolerance_stays_and_must_lie_between():
    def stated(atol: float):
        return margin_of(1e-6, 0.5, checks=(Check("v", same(rtol=0.0, atol=atol), 10.0),))

    assert stated(0.1).tolerance == 0.1
    assert stated(0.1).ceiling == pytest.approx(20 * 1e-6, rel=0.01)
    assert stated(0.1).floor == pytest.approx(15.0)
    assert stated(0.1).wide_enough
    assert not stated(1e-6).wide_enough
    assert not stated(20.0).wide_enough


def test_exact_checks_and_whole_numbers_are_not_measured():
    exact = replace(TASK, checks=(Check("exactly", same(exact=True), 10.0),))
    baseline = FunctionBaseline(outcomes(1.0, 2.0, 3.0))
    assert list(margins(exact, baseline, {})) == []
    whole = FunctionBaseline(outcomes(1, 2, 3))
    assert list(margins(TASK, whole, {})) == []


def test_a_harmless_change_that_did_not_come_back_is_told():
    baseline = FunctionBaseline(outcomes(1.0, 2.0, 3.0))
    died = Observation("t", {"f": outcomes(1.0, 2.0, 3.0) | {"kept": Died("timeout")}})
    assert list(unheard(TASK, baseline, {"two threads": died, "SDPA attention": died})) == [
        "two threads measures nothing on 'kept': it did not come back"
    ]


def test_harmless_changes_reach_the_models_inside_inputs():
    inner = Fixture("model", {"arch": "bert"})
    case = Case("c", {"x": [Fixture("wrapped", {"model": inner})]})
    topic = replace(TOPIC, tasks=(replace(TASK, cases=(case,)),))
    jobs = dict(noisy_jobs(topic))
    made = jobs["SDPA attention"].calls[0].cases[0].inputs["x"][0].arguments["model"]
    assert made.arguments == {"arch": "bert", "attn_implementation": "sdpa"}
    assert "eager attention" not in dict(noisy_jobs(TOPIC))
    for job in jobs.values():
        compile(job.source, "noise", "exec")


def test_measured_tolerances_replace_those_of_the_declaration(tmp_path: Path):
    found = {"f": {"the value": Measure(ceiling=1e-7, floor=None, tolerance=3.14159e-5)}}
    (tmp_path / "tolerances.json").write_text(dump_measures(found))
    assert measures(tmp_path)["f"]["the value"].tolerance == 3.14e-5
    task = with_measures((TASK,), tmp_path)[0]
    assert task.checks[0].rule.tolerance == Tolerance(3.14e-5, pytest.approx(3.14e-6))
    assert with_measures((TASK,), tmp_path / "none") == (TASK,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "JSON"),
        ('{"f": {"the value": {"ceiling": 1e-7, "floor": 1, "tolerance": -1}}}', "tolerance"),
        ('{"f": {"gone": {"ceiling": 1e-7, "floor": 1, "tolerance": 1e-3}}}', "'gone'"),
    ],
)
def test_a_wrong_tolerance_file_is_told(tmp_path: Path, text: str, told: str):
    (tmp_path / "tolerances.json").write_text(text)
    with pytest.raises(SpecError, match=r"tolerances\.json") as error:
        with_measures((TASK,), tmp_path)
    assert told in str(error.value)
    assert "--calibrate" in str(error.value)


# ---------------------------------------------------------------- other seeds


def test_only_mistakes_that_public_cases_miss_are_tried_again():
    baseline = FunctionBaseline(
        outcomes(10.0, 20.0, 30.0),
        mistakes=(
            KnownMistake("public", outcomes(0.0, 0.0, 0.0)),
            KnownMistake("hidden", outcomes(10.0, 0.0, 30.0)),
        ),
    )
    caught = caught_by(seeded(), type("B", (), {"functions": {"f": baseline}})())
    assert {key: case.name for key, case in caught.items()} == {("f", 1): "kept"}


def test_right_code_and_mistakes_hold_under_another_seed():
    runner = Script(**WRONG)
    assert list(prove_under(seeded(), "s1", {("f", 1): CASES[1]}, runner)) == []
    tried = [job for job in runner.asked if job.source == "wrong on two"]
    assert [case.name for case in tried[0].calls[0].cases] == ["kept"]


def test_a_right_solution_that_fails_under_a_seed_is_told():
    runner = Script(**{"right two": lambda x: 29.0 if x == 3.0 else x * 10.0})
    told = list(prove_under(seeded(), "s1", {}, runner))
    assert told == [("f", "right/two.py fails 'drawn 1' under the seed 's1'")]
    assert list(prove_under(seeded(), "s1", {}, runner, turn=0)) == []
    assert list(prove_under(seeded(), "s1", {}, runner, turn=1)) == told


def test_a_mistake_that_passes_under_a_seed_is_told():
    luck = Script(**{"wrong on two": lambda x: x * 10.0})
    told = list(prove_under(seeded(), "s1", {("f", 1): CASES[1]}, luck))
    assert told == [("f", "task.py:9: the mistake passes under the seed 's1'")]
    broken = Script(**{"wrong on two": lambda x: Broken("ours")})
    assert list(prove_under(seeded(), "s1", {("f", 1): CASES[1]}, broken)) == told


def test_a_drawn_case_is_not_the_same_under_another_seed():
    runner = Script(**WRONG)
    list(prove_under(seeded(), "s1", {("f", 1): replace(CASES[2], inputs={"x": 9.0})}, runner))
    tried = [job for job in runner.asked if job.source == "wrong on two"]
    assert [case.name for case in tried[0].calls[0].cases] == ["kept", "drawn 1"]
