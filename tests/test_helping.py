"""Who has no submission left helps those who have: nothing runs twice, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from run_samples import TOPIC, Pretended, instead, right, submission

from grader.classroom import work_through
from grader.execute import Execution
from grader.helping import Offers
from grader.keys import Keys
from grader.model import Broken, Job, Observation, Submission
from grader.plan import plan
from grader.sandbox import Runner, SandboxError
from grader.store import Store, open_store

TOPICS = tuple(replace(TOPIC, name=f"t{number}") for number in range(4))
JOBS = [plan(topic, "source", "t.py") for topic in TOPICS]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.sqlite3") as opened:
        yield opened


@pytest.fixture
def execution(store: Store) -> Execution:
    return Execution(store, Keys("here", "seed"))


def topics(runner: Pretended) -> list[str]:
    return [job.topic for job in runner.asked]


def test_the_last_is_taken_first_and_each_once():
    offers: Offers[str] = Offers()
    offers.offer(["a", "b", "c"])
    offers.withdraw(["a"])
    assert [offers.take() for _ in range(3)] == ["c", "b", None]


def test_a_helper_runs_what_its_owner_would_come_to_last(execution: Execution):
    owner, helper = Pretended(), Pretended()
    recalling = execution.runner(owner, "ada")
    recalling.foresee(JOBS)
    assert execution.assist(helper)
    assert execution.assist(helper)
    observed = [recalling.run(job) for job in JOBS]
    assert not execution.assist(helper)
    assert topics(owner) == ["t0", "t1"]
    assert topics(helper) == ["t3", "t2"]
    assert observed == [execution.runner(Pretended(), "bob").run(job) for job in JOBS]


def test_what_is_known_is_not_offered(execution: Execution):
    execution.runner(Pretended(), "ada").run(JOBS[3])
    helper = Pretended()
    execution.runner(Pretended(), "bob").foresee(JOBS)
    while execution.assist(helper):
        pass
    assert topics(helper) == ["t2", "t1", "t0"]


def test_what_did_not_come_is_nobodys(execution: Execution):
    recalling = execution.runner(Pretended(), "ada")
    recalling.foresee(JOBS)
    recalling.run(JOBS[0])
    recalling.close()
    assert not execution.assist(Pretended())


def test_an_owner_waits_for_who_helps_and_runs_it_not_again(execution: Execution):
    begun, go = threading.Event(), threading.Event()

    def slowly(job: Job) -> Observation:
        begun.set()
        assert go.wait(10)
        return right(job)

    owner, helper = Pretended(), Pretended(slowly)
    recalling = execution.runner(owner, "ada")
    recalling.foresee(JOBS[:1])
    helping = threading.Thread(target=execution.assist, args=[helper])
    helping.start()
    assert begun.wait(10)
    threading.Timer(0.1, go.set).start()
    observation = recalling.run(JOBS[0])
    helping.join()
    assert topics(owner) == []
    assert observation.outcome("g", "kept").value == 2


def test_where_a_helpers_sandbox_fails_the_owner_runs_it(execution: Execution):
    def fails(job: Job) -> Observation:
        raise SandboxError("the helper's")

    owner = Pretended()
    recalling = execution.runner(owner, "ada")
    recalling.foresee(JOBS[:1])
    assert execution.assist(Pretended(fails))
    assert recalling.run(JOBS[0]).outcome("g", "kept").value == 2
    assert topics(owner) == ["t0"]


def test_what_the_grader_broke_while_helping_is_told_and_kept_nowhere(execution: Execution):
    helper = Pretended(lambda job: instead(right(job), {"f": Broken("ours")}))
    recalling = execution.runner(Pretended(), "ada")
    recalling.foresee(JOBS[:1])
    execution.assist(helper)
    assert recalling.run(JOBS[0]).outcome("f", "shown") == Broken("ours")
    later = Pretended()
    execution.runner(later, "bob").run(JOBS[0])
    assert later.functions == [("f",)]


def test_attempts_are_written_down_for_whose_job_it_is(execution: Execution, monkeypatch):
    begun: list[str] = []
    begin = Store.begin
    monkeypatch.setattr(
        Store, "begin", lambda self, name, keys: begun.append(name) or begin(self, name, keys)
    )
    execution.runner(Pretended(), "ada").foresee(JOBS[:1])
    execution.assist(Pretended())
    assert begun == ["ada"]


@pytest.mark.parametrize("slots", [2, 5])
def test_slots_without_a_submission_help_until_all_are_done(execution: Execution, slots: int):
    """One of two submissions is long: the others' slots run most of its jobs."""
    waiting = threading.Barrier(2, timeout=10)  # two of its jobs at the same time, or it fails

    def meets(job: Job) -> Observation:
        waiting.wait()
        return right(job)

    runner = Pretended(meets)

    def work(one: Submission, given: Runner) -> str:
        if one.name == "long":
            recalling = execution.runner(given, one.name)
            recalling.foresee(JOBS)
            for job in JOBS:
                recalling.run(job)
        return one.name

    class Open:
        def __enter__(self) -> Runner:
            return runner

        def __exit__(self, *_: object) -> None:
            return

    several = [submission("long"), submission("short")]
    found = list(work_through(several, Open, slots, work, execution.assist))
    assert sorted(found) == ["long", "short"]
    assert sorted(topics(runner)) == ["t0", "t1", "t2", "t3"]


def test_a_helpers_fault_ends_the_class(execution: Execution):
    """As any slot's does."""
    helped = threading.Event()

    def work(one: Submission, _: Runner) -> str:
        helped.wait(10)
        return one.name

    def assist(_: Runner) -> bool:
        helped.set()
        raise OSError("the store is gone")

    class Open:
        def __enter__(self) -> Runner:
            return Pretended()

        def __exit__(self, *_: object) -> None:
            return

    with pytest.raises(OSError, match="the store is gone"):
        list(work_through([submission("a")], Open, 2, work, assist))
