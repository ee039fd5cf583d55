"""Doubtful ends are tried again, alone, before they count against a student."""

from __future__ import annotations

import threading
import time

import pytest
from run_samples import CASES, TOPIC, Pretended, instead, right

from grader import fair
from grader.fair import Gate, run_fairly
from grader.model import Broken, Died, Job, Outcome, Raised, Returned
from grader.plan import plan

JOB = plan(TOPIC, "source", "t.py")
LATE = Died("timeout", wall=10.0, cpu=3.0)
KILLED = Died("signal", "SIGKILL")


@pytest.fixture
def strained(monkeypatch: pytest.MonkeyPatch):
    """Sets whether the machine had too much to do."""

    def put(much: bool) -> None:
        class Pretended:
            def was_much(self) -> bool:
                return much

        monkeypatch.setattr(fair, "Strain", Pretended)

    return put


def runner(*outcomes: Outcome | None) -> Pretended:
    """``f``'s first case ends so, one run after the other; then right. ``None``: right too."""
    left = list(outcomes)

    def does(job: Job):
        outcome = left.pop(0) if left else None
        return right(job) if outcome is None else instead(right(job), {"f": outcome})

    return Pretended(does)


def first(observation) -> Outcome:
    return observation.outcome("f", CASES[0].name)


@pytest.mark.parametrize("outcome", [LATE, KILLED, Broken("the child did not begin")])
def test_an_end_that_the_machine_may_have_brought_about_is_tried_again(outcome, strained):
    strained(True)
    pretended = runner(outcome)
    observation = run_fairly(JOB, pretended, Gate())
    assert first(observation).value == 1
    assert pretended.functions == [("f", "g"), ("f",)]
    assert observation.outcome("g", "kept").value == 2


def test_a_time_out_on_a_quiet_machine_counts_at_once(strained):
    strained(False)
    pretended = runner(LATE)
    assert first(run_fairly(JOB, pretended, Gate())) == LATE
    assert len(pretended.asked) == 1


def test_a_case_that_had_the_processor_is_late_by_itself(strained):
    strained(True)
    endless = Died("timeout", wall=10.0, cpu=9.5)
    pretended = runner(endless)
    assert first(run_fairly(JOB, pretended, Gate())) == endless
    assert len(pretended.asked) == 1


def test_a_time_out_counts_when_it_comes_again_alone(strained):
    strained(True)
    pretended = runner(LATE, LATE)
    assert first(run_fairly(JOB, pretended, Gate())) == LATE
    assert len(pretended.asked) == 2


def test_a_killing_counts_when_it_comes_every_time(strained):
    strained(False)
    pretended = runner(*[KILLED] * 9)
    assert first(run_fairly(JOB, pretended, Gate())) == KILLED
    assert len(pretended.asked) == 3


def test_a_crash_of_the_students_own_is_not_tried_again(strained):
    strained(True)
    crash = Died("signal", "SIGSEGV")
    pretended = runner(crash)
    assert first(run_fairly(JOB, pretended, Gate())) == crash
    assert len(pretended.asked) == 1


def test_nothing_runs_beside_who_is_alone(strained):
    strained(True)
    gate, inside, beside = Gate(), threading.Event(), []

    def slow(job: Job):
        if len(job.calls) == 1:  # the second try
            inside.set()
            time.sleep(0.2)
            beside.append(len(other.asked))
            return right(job)
        return instead(right(job), {"f": LATE})

    other = Pretended()
    thread = threading.Thread(target=run_fairly, args=(JOB, Pretended(slow), gate))
    thread.start()
    assert inside.wait(10)
    run_fairly(JOB, other, gate)
    thread.join()
    assert beside == [0]
    assert len(other.asked) == 1


def test_a_gate_opens_again_after_a_failure():
    gate = Gate()
    for way in (gate.alone, gate.together, gate.alone):
        with pytest.raises(RuntimeError, match="inside"), way():
            raise RuntimeError("inside")


@pytest.mark.parametrize(
    ("outcome", "much", "counts"),
    [
        (Returned(1, wall=9.0, cpu=9.0), False, True),
        (Returned(1, wall=30.0, cpu=9.0), True, True),
        (Returned(1, wall=30.0, cpu=9.0), False, False),
        (Returned(1, wall=30.0, cpu=11.0), True, False),
        (Raised("E", "", wall=30.0, cpu=11.0), True, False),
        (Died("signal", "SIGSEGV", wall=30.0, cpu=11.0), True, True),
    ],
)
def test_alone_a_case_has_the_processors_time_that_it_may_take(outcome, much, counts, monkeypatch):
    told = iter([True, much])  # the first run, and the one alone

    class Told:
        def was_much(self) -> bool:
            return next(told)

    monkeypatch.setattr(fair, "Strain", Told)
    pretended = runner(LATE, outcome)
    found = first(run_fairly(JOB, pretended, Gate()))
    limits = pretended.asked[1].calls[0].limits
    assert limits.wall > 30.0
    assert limits.cpu == 10.0
    if counts:
        assert found == outcome
    else:
        assert (found.reason, found.cpu) == ("timeout", outcome.cpu)
