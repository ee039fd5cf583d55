"""What was run before is recalled, and what was not is run once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from run_samples import CASES, PROBES, TOPIC, Pretended, instead, right, task

from grader.execute import Execution, joined, parted, shared_out
from grader.keys import Keys
from grader.model import Broken, Case, Died, Job, Observation, Returned, Topic
from grader.plan import doubled_call, plan
from grader.sandbox import GivenUpError, SandboxError
from grader.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.sqlite3") as opened:
        yield opened


@pytest.fixture
def execution(store: Store) -> Execution:
    return Execution(store, Keys("here", "seed"))


def attempts(folder: Path) -> list[tuple[str, str]]:
    """How each ended, and why, in their order."""
    with closing(sqlite3.connect(folder / "store.sqlite3")) as connection:
        return connection.execute(
            'select "end", cast(why as text) from attempts order by number'
        ).fetchall()


def job(topic: Topic = TOPIC, source: str = "source", isolate: bool = False) -> Job:
    return plan(topic, source, "t.py", isolate=isolate)


def ran(execution: Execution, asked: Job) -> list[tuple[str, ...]]:
    """The functions that had to be run for it."""
    pretended = Pretended()
    observation = execution.runner(pretended, "ada").run(asked)
    for call in asked.calls:
        for case in call.cases:
            assert observation.outcome(call.function, case.name).value == case.inputs["x"]
    return pretended.functions


def test_what_was_run_is_not_run_again(execution: Execution):
    assert ran(execution, job()) == [("f", "g")]
    assert ran(execution, job()) == []


def test_another_source_is_run(execution: Execution):
    ran(execution, job())
    assert ran(execution, job(source="another")) == [("f", "g")]


def changed(case: Case = CASES[1]) -> Topic:
    return replace(TOPIC, tasks=(task("f", cases=(CASES[0], case)), TOPIC.tasks[1]))


@pytest.mark.parametrize(
    ("topic", "again"),
    [
        (changed(replace(CASES[1], inputs={"x": 3})), [("f",)]),
        (changed(replace(CASES[1], seed=5)), [("f",)]),
        (changed(replace(CASES[1], name="another")), [("f",)]),
        (changed(replace(CASES[1], public=True)), [("f",)]),
        (replace(TOPIC, probes=PROBES.replace("return call()", "return [call()]")), [("g",)]),
        (replace(TOPIC, probes=PROBES.replace("pass", "return 1")), []),
        (replace(TOPIC, reference="another reference", rights={"a": "b"}), []),
        (
            replace(TOPIC, tasks=tuple(replace(t, checks=(), mistakes=()) for t in TOPIC.tasks)),
            [],
        ),
    ],
    ids=["input", "seed", "name", "public", "probe", "other probe", "reference", "checks"],
)
def test_a_change_runs_the_functions_that_it_touches(execution, topic, again):
    ran(execution, job())
    assert ran(execution, job(topic)) == again


def test_another_environment_runs_all(execution: Execution, store: Store):
    ran(execution, job())
    assert ran(Execution(store, Keys("there", "seed")), job()) == [("f", "g")]
    assert ran(Execution(store, Keys("here", "another seed")), job()) == []


def test_stand_ins_and_forks_for_each_case_are_runs_of_their_own(execution: Execution):
    ran(execution, job())
    doubled = replace(job(), calls=(doubled_call(TOPIC.tasks[0], ("g",)),))
    assert ran(execution, doubled) == [("f",)]
    assert ran(execution, job(isolate=True)) == [("f", "g")]
    assert ran(execution, doubled) == []


def test_what_the_grader_broke_is_never_kept(execution: Execution, tmp_path: Path):
    broken = Pretended(lambda asked: instead(right(asked), {"f": Broken("ours")}))
    observation = execution.runner(broken, "ada").run(job())
    assert observation.outcome("f", "shown") == Broken("ours")
    assert attempts(tmp_path) == [("failed", "ours")]
    assert ran(execution, job()) == [("f",)]
    assert attempts(tmp_path) == [("failed", "ours"), ("settled", "")]


def test_a_sandbox_that_fails_once_is_asked_again(execution: Execution):
    left = [SandboxError("once")]

    def does(asked: Job) -> Observation:
        if left:
            raise left.pop()
        return right(asked)

    pretended = Pretended(does)
    execution.runner(pretended, "ada").run(job())
    assert len(pretended.asked) == 2


def test_a_sandbox_that_fails_always_is_told_and_keeps_nothing(execution: Execution):
    def fails(asked: Job) -> Observation:
        raise SandboxError("always")

    with pytest.raises(SandboxError, match="always"):
        execution.runner(Pretended(fails), "ada").run(job())
    assert ran(execution, job()) == [("f", "g")]


def test_a_job_that_was_given_up_is_not_tried_again(execution: Execution):
    """It has ended as many workers of a cluster as it may."""

    def fails(asked: Job) -> Observation:
        raise GivenUpError("quarantined")

    pretended = Pretended(fails)
    with pytest.raises(SandboxError, match="quarantined"):
        execution.runner(pretended, "ada").run(job())
    assert len(pretended.asked) == 1
    assert ran(execution, job()) == [("f", "g")]


def test_an_attempt_is_written_down_before_its_launch(execution: Execution, tmp_path: Path):
    class KilledError(BaseException):
        pass

    def dies(asked: Job) -> Observation:
        raise KilledError

    with pytest.raises(KilledError):
        execution.runner(Pretended(dies), "ada").run(job())
    execution.store.close()
    with open_store(tmp_path / "store.sqlite3") as again:
        assert again.unfinished() == {"ada": 1}


def test_equal_sources_at_the_same_time_run_once(execution: Execution):
    inside, go_on = threading.Event(), threading.Event()

    def slow(asked: Job) -> Observation:
        inside.set()
        assert go_on.wait(10)
        return right(asked)

    first, second = Pretended(slow), Pretended()
    found: list[Observation] = []
    threads = [
        threading.Thread(target=lambda p=p, n=n: found.append(execution.runner(p, n).run(job())))
        for p, n in ((first, "ada"), (second, "alan"))
    ]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 2
    assert (len(first.asked), len(second.asked)) == (1, 0)
    assert [one.outcome("g", "kept").value for one in found] == [2, 2]


def test_an_observation_is_the_same_from_the_store(execution: Execution):
    asked = job()
    did = Observation(
        "t",
        {
            "f": {"shown": Returned(1, "printed"), "kept": Died("timeout", output="x")},
            "g": {"shown": Returned("a"), "kept": Returned(2.5, stopped=("network",))},
        },
        layers=("rlimits", "seccomp"),
        load_output="hello",
        stopped=("file",),
        wall=2.0,
        cpu=1.0,
    )
    first = execution.runner(Pretended(lambda _: did), "ada").run(asked)
    second = execution.runner(Pretended(), "alan").run(asked)
    assert first == second
    assert second.outcomes == did.outcomes
    assert (second.layers, second.load_output, second.stopped) == (
        did.layers,
        did.load_output,
        did.stopped,
    )
    assert (second.wall, second.cpu) == (pytest.approx(2.0), pytest.approx(1.0))


def test_equal_behaviour_has_equal_marks(execution: Execution):
    marks = [execution.runner(Pretended(), "ada").run(job(source=source)).marks for source in "ab"]
    assert marks[0] == marks[1]
    assert set(marks[0]) == {"f", "g"}
    other = Pretended(lambda asked: instead(right(asked), {"f": Returned(5)}))
    last = execution.runner(other, "ada").run(job(source="c")).marks
    assert last["f"] != marks[0]["f"]
    assert last["g"] == marks[0]["g"]


def test_layers_of_several_runs_are_those_that_held_in_all():
    from grader.store import Recalled

    one = parted(replace(right(job()), layers=("rlimits", "namespaces")), job().calls)
    two = parted(replace(right(job()), layers=("rlimits",)), job().calls)
    both = joined("t", [Recalled("a", one[0]), Recalled("", two[1])])
    assert both.layers == ("rlimits",)
    assert both.marks == {"f": "a"}


@pytest.mark.parametrize(
    ("whole", "parts", "shares"),
    [
        (10.0, [1.0, 3.0], [4.0, 6.0]),
        (10.0, [0.0, 0.0], [5.0, 5.0]),
        (2.0, [2.0, 2.0], [1.0, 1.0]),
    ],
)
def test_the_seconds_of_a_job_are_shared_out(whole, parts, shares):
    assert shared_out(whole, parts) == shares


def test_what_is_foreseen_is_asked_for_at_once(execution: Execution, monkeypatch):
    other = replace(TOPIC, name="other")
    ran(execution, job())
    asked = []
    recall = execution.store.recall
    monkeypatch.setattr(execution.store, "recall", lambda d: asked.append(list(d)) or recall(d))
    pretended = Pretended()
    recalling = execution.runner(pretended, "ada")
    recalling.foresee([job(), job(other)])
    assert [len(digests) for digests in asked] == [4]
    known = recalling.run(job())
    assert (len(asked), pretended.functions) == (1, [])
    new = recalling.run(job(other))
    assert pretended.functions == [("f", "g")]
    assert recalling.calls == set(asked[0])
    assert (known.topic, new.topic) == ("t", "other")
    assert known.outcomes.keys() == new.outcomes.keys() == {"f", "g"}


def test_another_job_than_was_foreseen_is_run_as_it_is(execution: Execution):
    pretended = Pretended()
    recalling = execution.runner(pretended, "ada")
    recalling.foresee([job()])
    recalling.run(job(source="another"))
    recalling.run(job())
    assert pretended.functions == [("f", "g"), ("f", "g")]
    assert ran(execution, job(source="another")) == []
