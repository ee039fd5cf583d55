"""Which mutants survive: a sandbox that runs them for real, in this process, and the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from grader.baseline import topic_baseline
from grader.model import (
    Broken,
    Case,
    Check,
    Died,
    Equivalent,
    Job,
    Observation,
    Outcome,
    Raised,
    Raises,
    Returned,
    Same,
    Task,
    Topic,
)
from grader.sandbox.fake import FakeSandbox
from grader.survive import Mutation, Trials, prove_mutants, trials, verdicts

SOURCE = '''"""A topic."""

LIMIT = 3


def _turned(x):
    return x % LIMIT


def scale(x, by=2):
    """Docs with 2."""
    if x < 0:
        raise ValueError("no")
    return _turned(x) * by


def label(x):
    """Docs."""
    return str(_turned(x))
'''


@dataclass(slots=True)
class Plain:
    """A sandbox without a sandbox: plain code of these tests, run here. Remembers its jobs."""

    asked: list[Job] = field(default_factory=list)
    says: Callable[[str], Outcome | None] = lambda source: None

    def run(self, job: Job) -> Observation:
        self.asked.append(job)
        outcomes = {
            call.function: {
                case.name: self.says(job.source) or _outcome(job.source, call.function, case)
                for case in call.cases
            }
            for call in job.calls
        }
        return Observation(job.topic, outcomes)

    @contextmanager
    def open(self) -> Iterator[Plain]:
        yield self


def _outcome(source: str, function: str, case: Case) -> Outcome:
    try:
        names: dict[str, Callable[..., int | str]] = {}
        exec(compile(source, "solution.py", "exec"), names)
        return Returned(names[function](**case.inputs))
    except Exception as error:
        classes = tuple(one.__name__ for one in type(error).__mro__)
        return Raised(type(error).__name__, str(error), classes)


def cases(**inputs: int) -> tuple[Case, ...]:
    return tuple(Case(name, {"x": value}) for name, value in inputs.items())


SCALE = Task(
    "scale",
    cases(one=1, two=2, many=9, none=0, negative=-1),
    (Check("value", Same(), 3.0), Check("refusal", Raises("ValueError"), 1.0)),
    (),
    ("x", "by"),
)
LABEL = Task("label", cases(one=1, many=9), (Check("value", Same(), 2.0),), (), ("x",))
TOPIC = Topic("t", (SCALE, LABEL), SOURCE)


def only(topic: Topic, *functions: str) -> Topic:
    return replace(topic, tasks=tuple(task for task in topic.tasks if task.function in functions))


def listing(topic: Topic, old: str, new: str, function: str = "scale", line: int = 7) -> Topic:
    """The topic with an equivalent on a function's list."""
    entry = Equivalent("a reason", old, new, topic.reference.replace(old, new), line)
    tasks = tuple(
        replace(task, equivalents=(*task.equivalents, entry)) if task.function == function else task
        for task in topic.tasks
    )
    return replace(topic, tasks=tasks)


def proven(
    topic: Topic, sandbox: Plain | None = None, sample: float | None = None, slots: int = 1
) -> dict[str, Mutation]:
    used = sandbox or Plain()
    baseline = topic_baseline(topic, Plain(), mistakes=False)
    tried = trials(topic, sample)
    return prove_mutants(tried, verdicts(tried, baseline, used.open, slots))


def without(topic: Topic, function: str, *names: str) -> Topic:
    """The topic without some of a function's cases."""
    tasks = tuple(
        replace(task, cases=tuple(case for case in task.cases if case.name not in names))
        if task.function == function
        else task
        for task in topic.tasks
    )
    return replace(topic, tasks=tasks)


def test_enough_cases_kill_every_mutant():
    found = proven(TOPIC)
    assert list(found) == ["scale", "label"]
    assert all(one.survived == one.equivalent == 0 and not one.complaints for one in found.values())
    assert found["scale"].killed > 15
    assert found["label"].killed >= 3


def test_a_survivor_is_told_with_line_and_text_to_paste():
    found = proven(without(TOPIC, "scale", "none"))["scale"]
    told = [text for text in found.complaints if "turn comparison" in text]
    assert found.survived == len(found.complaints) >= 1
    assert told == [
        "solution.py:12: survived: turn comparison: `if x < 0:` -> `if x <= 0:`. Add a case that "
        "tells them apart, or list it: scale.equivalent(\"why\", 'if x < 0:', 'if x <= 0:')"
    ]


def test_a_listed_survivor_is_equivalent():
    missing = without(TOPIC, "scale", "none")
    before = proven(missing)["scale"]
    after = proven(listing(missing, "if x < 0:", "if x <= 0:"))["scale"]
    assert (after.equivalent, after.survived) == (1, before.survived - 1)
    assert after.killed == before.killed
    assert not any("<=" in text for text in after.complaints)


def test_an_entry_matches_by_its_syntax_tree_whatever_its_edit_looks_like():
    missing = without(TOPIC, "scale", "none")
    wide = listing(missing, "    if x < 0:\n", "    if (x <=  0):  # a remark\n", function="label")
    assert proven(wide)["scale"].equivalent == 1


def test_a_listed_mutant_that_is_killed_is_stale():
    found = proven(listing(TOPIC, "if x < 0:", "if x <= 0:"))["scale"]
    assert found.complaints == (
        "task.py:7: listed as equivalent, and killed: turn comparison: `if x < 0:` -> "
        "`if x <= 0:`. Take it off.",
    )
    assert found.equivalent == 0


def test_an_entry_that_is_no_mutant_is_stale():
    found = proven(listing(TOPIC, "if x < 0:", "if x < 17:", function="label"))
    (told,) = found["label"].complaints
    assert told.startswith("task.py:7: no mutant is `if x < 0:` -> `if x < 17:`")
    assert found["scale"].complaints == ()


def test_an_entry_that_is_there_twice_is_stale():
    missing = without(TOPIC, "scale", "none")
    twice = listing(listing(missing, "if x < 0:", "if x <= 0:"), "x < 0", "x <= 0", line=9)
    found = proven(twice)["scale"]
    assert found.equivalent == 1
    assert [text for text in found.complaints if text.startswith("task.py:")] == [
        text for text in found.complaints if "listed twice" in text
    ]
    assert sum("listed twice" in text for text in found.complaints) == 1


def test_helpers_and_constants_are_judged_by_all_that_use_them():
    # Only `label` still has a case above LIMIT.
    kept = without(TOPIC, "scale", "many")
    found = proven(kept)
    assert not any("LIMIT" in text for text in found["scale"].complaints)
    alone = proven(only(kept, "scale"))["scale"]
    assert any("LIMIT = 3" in text for text in alone.complaints)


def test_a_helper_that_nothing_uses_is_told():
    unused = replace(TOPIC, reference=SOURCE + "\n\ndef _idle(x):\n    return x\n")
    told = proven(unused)["scale"].complaints
    assert told
    assert all("no graded function uses _idle" in text for text in told)


def test_a_mutant_under_which_the_grader_breaks_is_told():
    def says(source: str) -> Outcome | None:
        return Broken("the disk is full") if "<=" in source else None

    found = proven(TOPIC, Plain(says=says))["scale"]
    assert found.complaints == (
        "solution.py:12: grader error: turn comparison: `if x < 0:` -> `if x <= 0:`",
    )
    assert found.survived == 0


def test_an_observation_without_outcomes_is_a_grader_error_too():
    fake = FakeSandbox({})
    baseline = topic_baseline(TOPIC, Plain(), mistakes=False)
    tried = trials(TOPIC)

    @contextmanager
    def open_fake() -> Iterator[FakeSandbox]:
        yield fake

    found = prove_mutants(tried, verdicts(tried, baseline, open_fake)).values()
    assert sum(one.killed + one.survived for one in found) == 0
    assert sum(len(one.complaints) for one in found) == len(tried.trials) == len(fake.asked)


def test_running_out_of_time_is_being_killed():
    def says(source: str) -> Outcome | None:
        return Died("timeout") if "<=" in source else None

    found = proven(without(TOPIC, "scale", "none"), Plain(says=says))["scale"]
    assert not any("<=" in text for text in found.complaints)


def test_a_mutant_that_is_slow_only_once_is_not_killed():
    slow: list[str] = []

    def says(source: str) -> Outcome | None:
        if "<=" not in source or slow:
            return None
        slow.append(source)
        return Died("timeout")

    sandbox = Plain(says=says)
    found = proven(without(TOPIC, "scale", "none"), sandbox)["scale"]
    assert any("<=" in text for text in found.complaints)
    walls = [job.calls[0].limits.wall for job in sandbox.asked if "<=" in job.source]
    assert walls[:3] == [1.0, 3.0, 3.0]


def test_a_killed_mutant_runs_on_few_cases_and_with_little_time():
    many = replace(SCALE, cases=tuple(Case(f"case {n}", {"x": n}) for n in range(-1, 30)))
    sandbox = Plain()
    tried = trials(Topic("t", (many,), SOURCE))
    baseline = topic_baseline(tried.topic, Plain(), mistakes=False)
    list(verdicts(tried, baseline, sandbox.open))
    sizes: dict[str, list[int]] = {}
    for job in sandbox.asked:
        sizes.setdefault(job.source, []).append(sum(len(call.cases) for call in job.calls))
        assert all(call.limits.wall == 1.0 for call in job.calls)
    assert set(map(tuple, sizes.values())) <= {(3,), (3, 8), (3, 8, 20)}
    killed_at_once = sum(runs == [3] for runs in sizes.values())
    assert killed_at_once > len(sizes) / 2


def test_the_first_round_has_a_case_of_every_check():
    sandbox = Plain()
    tried = trials(only(TOPIC, "scale"))
    list(verdicts(tried, topic_baseline(TOPIC, Plain(), mistakes=False), sandbox.open))
    first = {case.name for case in sandbox.asked[0].calls[0].cases}
    assert {"one", "negative"} <= first


def test_cases_that_no_check_is_about_are_not_run():
    idle = replace(SCALE, checks=(Check("value", Same(), 3.0, cases=("one", "many")),))
    sandbox = Plain()
    tried = trials(Topic("t", (idle,), SOURCE))
    baseline = topic_baseline(
        replace(tried.topic, tasks=(replace(idle, cases=idle.cases[:4]),)), Plain(), mistakes=False
    )
    tried = replace(tried, topic=replace(tried.topic, tasks=(replace(idle, cases=idle.cases[:4]),)))
    list(verdicts(tried, baseline, sandbox.open))
    asked = {case.name for job in sandbox.asked for call in job.calls for case in call.cases}
    assert asked == {"one", "many"}


def _tried(tried: Trials) -> list[str]:
    return [trial.mutant.id for trial in tried.trials]


def test_a_sample_is_a_number_or_a_share_of_each_function_and_the_same_each_time():
    every, few, half = trials(TOPIC), trials(TOPIC, 2), trials(TOPIC, 0.5)
    assert len(few.trials) == 4
    assert _tried(few) == _tried(trials(TOPIC, 2))
    assert set(_tried(few)) < set(_tried(half)) < set(_tried(every))
    assert abs(len(half.trials) - len(every.trials) / 2) <= 2
    assert _tried(trials(TOPIC, 1000)) == _tried(every)
    found = proven(TOPIC, sample=2)
    assert [one.killed for one in found.values()] == [2, 2]


def test_a_sample_does_not_make_entries_stale():
    topic = listing(without(TOPIC, "scale", "none"), "if x < 0:", "if x <= 0:")
    assert trials(topic, 1).strangers == ()


@pytest.mark.parametrize("slots", [1, 3])
def test_each_mutant_has_one_verdict_however_many_run_at_once(slots):
    tried = trials(TOPIC)
    baseline = topic_baseline(TOPIC, Plain(), mistakes=False)
    found = list(verdicts(tried, baseline, Plain().open, slots))
    assert sorted(trial.mutant.id for trial, _ in found) == sorted(_tried(tried))
    assert prove_mutants(tried, found) == proven(TOPIC)
