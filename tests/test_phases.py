"""Public cases first, hidden ones afterwards: what is where when, and what is taken of it."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from grader.model import Call, Case, Died, Job, Limits, ListValue, Observation, Raised, Returned
from grader.sandbox import WarmSandbox
from grader.sandbox.outcomes import Ledger
from grader.worker.jobs import (
    dump_cases,
    dump_hidden,
    dump_job,
    dump_opening,
    has_hidden,
    load_cases,
    load_hidden,
    load_job,
    load_opening,
)

CASES = (
    Case("shown", {"x": 1}, public=True, seed=1),
    Case("secret", {"x": "CANARY-7431"}, seed=2),
    Case("shown too", {"x": 3}, public=True, seed=3),
)


def job(source: str = "", *functions: str, cases: tuple[Case, ...] = CASES) -> Job:
    calls = tuple(Call(name, cases, parameters=("x",)) for name in functions or ("f",))
    return Job("t", source, "s.py", calls)


# ---- jobs as bytes


def test_the_opening_holds_no_hidden_case():
    opening = load_opening(dump_opening(job()))
    assert b"CANARY" not in dump_opening(job())
    assert b"secret" not in dump_opening(job())
    assert opening.more
    assert opening.first == ({0: CASES[0], 2: CASES[2]},)
    assert opening.job.calls[0].cases == ()


def test_the_rest_are_the_hidden_cases_by_their_numbers():
    assert load_hidden(dump_hidden(job())) == ({1: CASES[1]},)


def test_without_hidden_cases_there_is_no_rest():
    shown = job(cases=CASES[:1])
    assert not has_hidden(shown)
    assert not load_opening(dump_opening(shown)).more


def test_cases_and_whole_jobs_come_back():
    some = {4: CASES[1]}
    assert load_cases(dump_cases(some)) == some
    assert load_job(dump_job(job())) == job()


# ---- what the grader takes


def said(**message: Any) -> bytes:
    return json.dumps(message).encode()


def outcome(case: int, text: str) -> bytes:
    return said(
        function="f", case=case, kind="raised", type="ValueError", message=text, classes=[],
        frames=[], stage="call",
    )  # fmt: skip


@pytest.fixture
def ledger():
    kept = Ledger(job())
    for message in (said(layers=[]), said(loading=True), said(loaded=True)):
        kept.take(message, [])
    return kept


def told(ledger: Ledger, case: str) -> str:
    found = ledger.finish(Raised("Missing", "nothing was said"))["f"][case]
    assert isinstance(found, Raised)
    return found.message


def test_no_word_about_a_public_case_is_taken_once_the_child_has_the_hidden_ones(ledger: Ledger):
    ledger.take(outcome(0, "in time"), [])
    ledger.take(said(asks=True), [])
    assert ledger.asks
    ledger.stage = "hidden"
    ledger.take(outcome(2, "the hidden input is 7431"), [])
    ledger.take(outcome(1, "hidden"), [])
    assert told(ledger, "shown") == "in time"
    # Nor may how the child ended tell of them.
    assert ledger.finish(Raised("KeyError", "7431"))["f"]["shown too"] == Died("ended")
    assert told(ledger, "secret") == "hidden"


def test_a_child_asks_once_it_is_loaded(ledger: Ledger):
    early = Ledger(job())
    early.take(said(asks=True), [])
    assert not early.asks


def test_what_was_refused_belongs_to_what_is_said_next(ledger: Ledger):
    ledger.refused("network")
    ledger.refused("network")
    ledger.take(outcome(0, "first"), [])
    ledger.refused("kernel")
    ledger.take(outcome(2, "second"), [])
    found = ledger.finish(Raised("Missing", ""))["f"]
    assert [found[name].stopped for name in ("shown", "shown too", "secret")] == [
        ("network",),
        ("kernel",),
        (),
    ]


def test_what_was_refused_while_loading_is_the_files():
    kept = Ledger(job())
    for message in (said(layers=[]), said(loading=True)):
        kept.take(message, [])
    kept.refused("network")
    kept.take(said(loaded=True), [])
    assert kept.stopped == ("network",)


# ---- what the sandbox does


def values(observation: Observation, function: str = "f") -> dict[str, Any]:
    found = {}
    for name, one in observation.outcomes[function].items():
        assert isinstance(one, Returned), one
        found[name] = one.value.items if isinstance(one.value, ListValue) else one.value
    return found


def test_public_cases_run_first_and_the_fork_waits_for_the_hidden_ones(sandbox: WarmSandbox):
    source = """
import os
seen = []
def f(x):
    seen.append(x)
    return [os.getpid(), *map(str, seen)]
def g(x):
    return [os.getpid()]
"""
    found = sandbox.run(job(source, "f", "g"))
    by_case = values(found)
    assert by_case["shown"][1:] == ("1",)
    assert by_case["shown too"][1:] == ("1", "3")
    assert by_case["secret"][1:] == ("1", "3", "CANARY-7431")
    assert len({items[0] for items in by_case.values()}) == 1
    assert values(found, "g")["shown"][0] != by_case["shown"][0]


def test_no_hidden_input_is_in_the_child_while_public_cases_run(sandbox: WarmSandbox):
    source = """
import gc
def f(x):
    return sum("CANARY-" + str(7431) in repr(one) for one in gc.get_objects() if type(one) is dict)
"""
    found = values(sandbox.run(job(source)))
    assert (found["shown"], found["shown too"]) == (0, 0)
    assert found["secret"] > 0


def test_files_of_the_public_cases_are_gone_when_the_hidden_ones_run(sandbox: WarmSandbox):
    source = """
import os
def f(x):
    found = sorted(os.listdir("."))
    open(f"left-{len(found)}", "w").close()
    return found
"""
    found = values(sandbox.run(job(source)))
    assert found["shown too"] == ("left-0",)
    assert found["secret"] == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a user of its own, whose processes it counts")
def test_who_left_a_process_behind_is_forked_anew(sandbox: WarmSandbox):
    source = """
import os, time
def f(x):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    return [os.getpid()]
def g(x):
    return [len([1 for pid in range(2, 200) if _there(pid)])]
def _there(pid):
    try:
        os.kill(pid, 0)
        return True
    except OSError:
        return False
"""
    found = sandbox.run(job(source, "f", "g"))
    pids = {name: items[0] for name, items in values(found).items()}
    assert pids["shown"] == pids["shown too"] != pids["secret"]
    if "namespaces" in found.layers:
        assert values(found, "g")["shown"] == (2,)  # the child and this fork


def test_a_case_that_dies_costs_only_itself_in_either_part(sandbox: WarmSandbox):
    source = """
import os
def f(x):
    if x == 3 or isinstance(x, str): os._exit(5)
    return x
def g(x):
    return [str(x)]
"""
    found = sandbox.run(job(source, "f", "g"))
    kinds = {name: type(one).__name__ for name, one in found.outcomes["f"].items()}
    assert kinds == {"shown": "Returned", "shown too": "Died", "secret": "Died"}
    assert values(found, "g")["secret"] == ("CANARY-7431",)


def test_clocks_put_out_of_order_by_a_file_do_not_stop_the_graders(sandbox: WarmSandbox):
    source = """
import time
sleep = time.sleep
time.monotonic = time.time = time.perf_counter = lambda: 0.0
def f(x):
    sleep(30)
"""
    slow = Call("f", CASES[:1], parameters=("x",), limits=Limits(wall=0.5))
    (one,) = sandbox.run(Job("t", source, "s.py", (slow,))).outcomes["f"].values()
    assert (type(one).__name__, one.reason) == ("Died", "timeout")


def test_a_case_that_has_more_time_on_the_clock_may_have_its_own_of_a_processor(
    sandbox: WarmSandbox,
):
    source = (
        "import time\ndef f(x):\n    while x == 3:\n        pass\n    time.sleep(2)\n    return x\n"
    )
    call = Call("f", CASES, parameters=("x",), limits=Limits(wall=60.0, cpu=1.0))
    outcomes = sandbox.run(Job("t", source, "s.py", (call,))).outcomes["f"]
    assert outcomes["shown"].value == 1
    assert outcomes["secret"].value == "CANARY-7431"
    late = outcomes["shown too"]
    assert isinstance(late, Died)
    assert late.reason == "timeout"
    assert 1.0 <= late.cpu < 60.0
