"""The judge: verdicts, points and words, from made-up observations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.grade import Course, grade_class, grade_submission
from grader.judge import judge_function, judge_topic
from grader.model import (
    ArrayValue,
    Assignment,
    Baseline,
    Broken,
    Case,
    Check,
    DictValue,
    Died,
    Frame,
    FunctionBaseline,
    FunctionGrade,
    Job,
    KnownMistake,
    Observation,
    Outcome,
    Place,
    Raised,
    Raises,
    Returned,
    Same,
    Source,
    Status,
    Submission,
    Task,
    Topic,
)
from grader.report.audience import student_view
from grader.sandbox import SandboxError

CANARY = "canary7431"
SOURCE = Source("t", "solution.py", "import torch\ndef f(x):\n    return x.no\n")
CASES = (Case("shown", {"x": 1}, public=True), Case("kept", {"x": 2}), Case("kept too", {"x": 3}))
TASK = Task("f", CASES, (Check("the value", Same(), 3.0, "Think."),), (), ("x",), needs=("g",))
WANTED: dict[str, Outcome] = {"shown": Returned(10), "kept": Returned(20), "kept too": Returned(30)}


def mistake(sentence: str, *values: int) -> KnownMistake:
    outcomes = {case.name: Returned(value) for case, value in zip(CASES, values, strict=True)}
    return KnownMistake(sentence, outcomes)


def judged(
    *outcomes: Outcome, task: Task = TASK, mistakes: tuple[KnownMistake, ...] = ()
) -> FunctionGrade:
    """The verdicts on what ``f`` did in its cases."""
    did = {case.name: outcome for case, outcome in zip(CASES, outcomes, strict=True)}
    baseline = FunctionBaseline(WANTED, mistakes=mistakes)
    return judge_function(task, baseline, Observation("t", {"f": did}), SOURCE)


def statuses(grade: FunctionGrade) -> list[str]:
    return [str(line.status) for line in grade.checks]


RIGHT = tuple(WANTED.values())


def test_points_need_every_case():
    assert judged(*RIGHT).score == 3.0
    wrong = judged(RIGHT[0], RIGHT[1], Returned(31))
    assert statuses(wrong) == ["passed", "passed", "failed"]
    assert (wrong.score, wrong.max_score) == (0.0, 3.0)
    assert wrong.checks[0].message == "Right here. The points need all 3 cases of this check."


def test_a_check_with_names_speaks_of_those_cases_alone():
    checks = (Check("first", Same(), 1.0, cases=("shown",)), Check("rest", Same(), 2.0, cases="k*"))
    task = replace(TASK, checks=(checks[0], replace(checks[1], cases=("kept*",))))
    grade = judged(Returned(0), *RIGHT[1:], task=task)
    assert [(line.check, line.case) for line in grade.checks] == [
        ("first", "shown"), ("rest", "kept"), ("rest", "kept too"),
    ]  # fmt: skip
    assert (grade.score, grade.max_score) == (2.0, 3.0)


def test_a_check_that_hangs_on_another_is_worth_nothing_alone():
    ids = Check("the ids", Same("ids"), 2.0)
    mask = Check("the mask", Same("mask"), 1.0, given="the ids")
    task = replace(TASK, checks=(ids, mask))
    right = DictValue((("ids", 7), ("mask", 1)))
    baseline = FunctionBaseline(dict.fromkeys(WANTED, Returned(right)))

    def score(value: DictValue) -> float:
        did = dict.fromkeys(WANTED, Returned(value))
        return judge_function(task, baseline, Observation("t", {"f": did}), SOURCE).score

    assert score(right) == 3.0
    assert score(DictValue((("ids", 7), ("mask", 0)))) == 2.0
    assert score(DictValue((("ids", 8), ("mask", 1)))) == 0.0


def test_a_grader_error_takes_its_share_out_of_the_maximum():
    grade = judged(Broken("disk full"), *RIGHT[1:])
    assert statuses(grade) == ["grader error", "passed", "passed"]
    assert (grade.score, grade.max_score) == (2.0, 2.0)
    assert (grade.checks[0].staff, grade.checks[0].message.count("disk")) == ("disk full", 0)


def test_a_grader_error_excuses_no_failure():
    grade = judged(Broken("disk full"), Returned(0), RIGHT[2])
    assert statuses(grade) == ["grader error", "failed", "passed"]
    assert (grade.score, grade.max_score) == (0.0, 2.0)


def test_a_stub_is_not_attempted():
    stub = Raised("NotImplementedError", "", ("NotImplementedError",), (Frame(2, "f"),))
    grade = judged(stub, stub, stub)
    assert set(statuses(grade)) == {"not attempted"}
    assert (grade.score, grade.max_score) == (0.0, 3.0)


def test_a_stub_below_blocks():
    below = Raised(
        "NotImplementedError", "", ("NotImplementedError",), (Frame(2, "f"), Frame(9, "g"))
    )
    grade = judged(below, below, below)
    assert set(statuses(grade)) == {"blocked"}
    assert "`g`" in grade.checks[0].message


def test_a_stub_of_no_sibling_does_not_block():
    below = Raised(
        "NotImplementedError", "", ("NotImplementedError",), (Frame(2, "f"), Frame(9, "helper"))
    )
    assert "blocked" not in statuses(judged(below, below, below))


def test_a_mistake_is_named_when_it_is_the_only_one_that_matches():
    known = (mistake("One too much.", 11, 21, 31), mistake("Half.", 5, 10, 15))
    grade = judged(Returned(11), Returned(21), Returned(31), mistakes=known)
    assert {line.mistake for line in grade.checks} == {"One too much."}


def test_a_mistake_that_matches_in_part_is_not_named():
    known = (mistake("One too much.", 11, 21, 31),)
    grade = judged(Returned(11), Returned(21), Returned(7), mistakes=known)
    assert {line.mistake for line in grade.checks} == {""}


def test_of_two_mistakes_that_match_none_is_named():
    known = (mistake("One too much.", 11, 21, 31), mistake("You add one.", 11, 21, 31))
    grade = judged(Returned(11), Returned(21), Returned(31), mistakes=known)
    assert {line.mistake for line in grade.checks} == {""}


def test_a_mistake_that_only_carries_a_graph_is_named():
    """Two results with a graph are the same fault, though neither is what is asked."""

    def tensor(grad: bool) -> Returned:
        return Returned(ArrayValue("float64", np.array([1.0]), requires_grad=grad))

    task = replace(TASK, checks=(Check("no graph", Same(grad="none"), 1.0),))
    known = KnownMistake("It carries a graph.", dict.fromkeys(WANTED, tensor(True)))
    baseline = FunctionBaseline(dict.fromkeys(WANTED, tensor(False)), mistakes=(known,))
    did = dict.fromkeys(WANTED, tensor(True))
    grade = judge_function(task, baseline, Observation("t", {"f": did}), SOURCE)
    assert {check.mistake for check in grade.checks} == {"It carries a graph."}


def test_right_code_is_never_told_a_mistake():
    grade = judged(*RIGHT, mistakes=(mistake("A mistake that shows nowhere.", 10, 20, 30),))
    assert {line.mistake for line in grade.checks} == {""}


def array(text: str) -> ArrayValue:
    return ArrayValue("float64", np.array([1.0, 2.0]), type=text)


@pytest.mark.parametrize(
    "outcome",
    [
        Returned(CANARY, output=CANARY),
        Returned(array(CANARY)),
        Raised(CANARY, CANARY, (CANARY, "ValueError"), (Frame(3, CANARY),), CANARY),
        Raised("ValueError", CANARY, ("ValueError",), (), CANARY, "lookup"),
        Raised("TypeError", CANARY, ("TypeError",), (), CANARY, "signature"),
        Raised(CANARY, CANARY, (CANARY,), (), CANARY, "inputs"),
        Raised(CANARY, CANARY, (CANARY,), (Frame(3, CANARY),), CANARY, "result"),
        Raised("MemoryError", f"alloc {CANARY}", ("MemoryError",), (), CANARY),
        Raised(CANARY, f"alloc {CANARY}", (CANARY,), (), CANARY),
        Died("result", CANARY, CANARY),
        Died("signal", CANARY, CANARY),
        Died("exit", CANARY, CANARY),
        Died("timeout", CANARY, CANARY),
        Died("ended", CANARY, CANARY),
    ],
    ids=lambda outcome: f"{type(outcome).__name__}-{getattr(outcome, 'reason', '')}",
)
def test_a_hidden_case_tells_nothing_that_the_code_said(outcome: Outcome):
    """Whatever the process reports may be made of the hidden input. Staff read it, and a student
    reads it of a public case."""
    grade = judged(RIGHT[0], outcome, RIGHT[2])
    hidden = grade.checks[1]
    assert hidden.status is Status.FAILED
    assert hidden.message
    assert CANARY not in hidden.message + hidden.hint + hidden.mistake + hidden.category
    everything = (hidden.staff, hidden.traceback, hidden.output, hidden.difference)
    assert CANARY in str(everything) or isinstance(getattr(outcome, "value", None), ArrayValue)
    course = Topic("t", (TASK,), "")
    seen = judge_topic(
        course,
        Baseline("t", {"f": FunctionBaseline(WANTED)}),
        Observation("t", {"f": dict(zip(WANTED, (RIGHT[0], outcome, RIGHT[2]), strict=True))}),
        SOURCE,
    )
    from grader.model import Grade

    shown = student_view(Grade("ada", (seen,))).topics[0].functions[0].checks[1]
    assert CANARY not in str(shown)


def test_an_exception_is_told_with_its_line_in_the_notebook():
    place = Place("solution.ipynb", 2, 5)
    source = replace(SOURCE, file="solution.ipynb", places=(place, place, place))
    raised = Raised("KeyError", "'a'", ("KeyError",), (Frame(3, "f"),))
    did = dict.fromkeys(WANTED, raised)
    grade = judge_function(TASK, FunctionBaseline(WANTED), Observation("t", {"f": did}), source)
    assert grade.checks[0].message == "It raised KeyError (solution.ipynb, cell 5, line 2): 'a'"
    assert grade.checks[1].message == "It raised KeyError (solution.ipynb, cell 5, line 2)."
    assert grade.checks[0].traceback == ("solution.ipynb, cell 5, line 2, in f: return x.no",)


RAISING = replace(TASK, checks=(Check("it refuses", Raises("ValueError"), 3.0),))
REFUSES = Raised("ValueError", "", ("ValueError", "Exception"))


def raising(outcome: Outcome) -> FunctionGrade:
    baseline = FunctionBaseline(dict.fromkeys(WANTED, REFUSES))
    did = dict.fromkeys(WANTED, outcome)
    return judge_function(RAISING, baseline, Observation("t", {"f": did}), SOURCE)


def test_an_exception_that_is_asked_for_earns_its_points():
    assert raising(REFUSES).score == 3.0
    assert raising(Raised("Mine", "", ("Mine", "ValueError"))).score == 3.0
    assert raising(Raised("KeyError", "", ("KeyError",))).score == 0.0
    assert (
        raising(Returned(None)).checks[0].message
        == "It should raise `ValueError`, and it returned."
    )


def refusal(*others: Outcome) -> FunctionGrade:
    """The verdict on a function that should refuse the last of its cases, and does."""
    refused = Raised("ValueError", "no", ("ValueError", "Exception"))
    task = replace(TASK, checks=(Check("refused", Raises("ValueError"), 1.0),))
    wanted = {"shown": Returned(10), "kept": Returned(20), "kept too": refused}
    did = dict(zip(("shown", "kept", "kept too"), (*others, refused), strict=True))
    return judge_function(task, FunctionBaseline(wanted), Observation("t", {"f": did}), SOURCE)


def test_code_that_refuses_everything_refuses_nothing():
    always = Raised("ValueError", "no", ("ValueError", "Exception"))
    other = Raised("IndexError", "no", ("IndexError", "LookupError"))
    assert refusal(always, always).score == 0
    assert "every other case" in refusal(always, always).checks[0].message
    assert refusal(always, other).score == 1, "what else is wrong is no fault of the refusal"
    assert refusal(Returned(0), always).score == 1


@pytest.mark.parametrize("stage", ["load", "lookup", "signature", "inputs", "result"])
def test_an_exception_before_or_after_the_call_earns_nothing(stage: str):
    assert raising(replace(REFUSES, stage=stage)).score == 0.0


def test_what_was_not_handed_in_is_not_attempted():
    topic, baseline = Topic("t", (TASK,), ""), Baseline("t", {"f": FunctionBaseline(WANTED)})
    grade = judge_topic(topic, baseline, None, None)
    assert {line.status for line in grade.functions[0].checks} == {Status.NOT_ATTEMPTED}
    unread = judge_topic(topic, baseline, None, Source("t", "s.py", problem="is no text."))
    assert {line.status for line in unread.functions[0].checks} == {Status.FAILED}
    assert (unread.score, unread.max_score) == (0.0, 3.0)
    assert unread.functions[0].checks[0].message == "is no text."


# Siblings: `total` may be built on `base`, for which the probes have a stand-in.

ONE = (Case("c", {"x": 1}, public=True),)
BASE = Task("base", ONE, (Check("base is right", Same(), 2.0),), (), ("x",))
TOTAL = Task("total", ONE, (Check("total is right", Same(), 3.0),), (), ("x",), needs=("base",))
CHAIN = Topic("chain", (BASE, TOTAL), "", probes="def double_base(x):\n    return 10 * x\n")
CHAIN_BASELINE = Baseline(
    "chain",
    {
        "base": FunctionBaseline({"c": Returned(2)}),
        "total": FunctionBaseline(
            {"c": Returned(20)},
            doubled={("base",): ({"c": Returned(100)}, {"c": Returned(7)})},
        ),
    },
)
COURSE = Course(Assignment((CHAIN,)), {"chain": CHAIN_BASELINE})
WORK = Submission("ada", {"chain": Source("chain", "solution.py", "text")})


class Scripted:
    """A runner: ``plain`` values of base and total, and total's with a stand-in."""

    def __init__(self, base: Outcome, total: Outcome, doubled: Outcome) -> None:
        self.plain = {"base": {"c": base}, "total": {"c": total}}
        self.doubled = doubled
        self.asked: list[Job] = []

    def run(self, job: Job) -> Observation:
        self.asked.append(job)
        if any(call.doubles for call in job.calls):
            return Observation("chain", {"total": {"c": self.doubled}})
        return Observation("chain", self.plain)


def scores(runner: Scripted) -> list[float]:
    grade = grade_submission(WORK, COURSE, runner)
    return [one.score for one in grade.topics[0].functions]


def test_a_siblings_fault_counts_once():
    runner = Scripted(Returned(3), Returned(30), Returned(100))
    grade = grade_submission(WORK, COURSE, runner)
    base, total = grade.topics[0].functions
    assert (base.score, total.score) == (0.0, 3.0)
    assert "`base`" in total.checks[0].message
    assert runner.asked[1].calls[0].doubles == ("base",)


def test_another_right_way_to_use_the_sibling_counts_too():
    assert scores(Scripted(Returned(3), Returned(30), Returned(7))) == [0.0, 3.0]


def test_a_fault_of_its_own_is_not_excused():
    assert scores(Scripted(Returned(3), Returned(30), Returned(101))) == [0.0, 0.0]
    assert scores(Scripted(Returned(3), Returned(30), Died("timeout"))) == [0.0, 0.0]


def test_right_code_that_fails_with_the_stand_in_excuses_nobody():
    """An alternative that raises is one that no check speaks about: it must not pass a stub."""
    stub = Raised("NotImplementedError", "", ("NotImplementedError",))
    doubled = {("base",): ({"c": Raised("KeyError", "", ("KeyError",))},)}
    total = FunctionBaseline({"c": Returned(20)}, doubled=doubled)
    baseline = Baseline("chain", {**CHAIN_BASELINE.functions, "total": total})
    course = Course(Assignment((CHAIN,)), {"chain": baseline})
    grade = grade_submission(WORK, course, Scripted(Returned(3), stub, stub))
    assert [one.score for one in grade.topics[0].functions] == [0.0, 0.0]


def test_the_stand_in_is_not_asked_when_the_sibling_is_right():
    runner = Scripted(Returned(2), Returned(30), Returned(100))
    assert scores(runner) == [2.0, 0.0]
    assert len(runner.asked) == 1


def test_what_is_right_with_a_wrong_sibling_keeps_its_points():
    assert scores(Scripted(Returned(3), Returned(20), Returned(0))) == [0.0, 3.0]


def test_a_failing_sandbox_costs_nothing():
    class Failing:
        def run(self, job: Job) -> Observation:
            raise SandboxError("out of processes")

    grade = grade_submission(WORK, COURSE, Failing())
    lines = [line for one in grade.topics[0].functions for line in one.checks]
    assert {line.status for line in lines} == {Status.GRADER_ERROR}
    assert (grade.score, grade.max_score) == (0.0, 0.0)
    assert "out of processes" in lines[0].staff


def test_a_class_goes_on_after_one_that_cannot_be_read():
    from contextlib import nullcontext

    submissions = [Submission("bad", problem="is damaged."), WORK]
    runner = Scripted(Returned(2), Returned(20), Returned(0))
    grades = list(grade_class(submissions, COURSE, lambda: nullcontext(runner), slots=1))
    assert [(one.submission, one.score) for one in grades] == [("bad", 0.0), ("ada", 5.0)]
    assert grades[0].topics[0].functions[0].checks[0].message == "is damaged."
