"""Warm processes that one zygote forks: what they share, and what becomes of each when another
dies."""

from __future__ import annotations

import os
import re
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from e2e_helpers import REFERENCE

from grader import early
from grader.baseline import reference_job
from grader.early import begun
from grader.model import Call, Case, Job, Returned
from grader.sandbox import Pool, SandboxError, WarmSandbox
from grader.sandbox.starting import Zygote
from grader.spec import load_topic
from grader.worker.containment.kinship import parent_of

TOPIC = load_topic(REFERENCE / "demo", "s")


@pytest.fixture(scope="module")
def zygote(home: Path) -> Iterator[Zygote]:
    with closing(Zygote(home)) as opened:
        yield opened


@pytest.fixture
def two(zygote: Zygote) -> Iterator[tuple[WarmSandbox, WarmSandbox]]:
    with (
        WarmSandbox(zygote.home, zygote=zygote) as one,
        WarmSandbox(zygote.home, zygote=zygote) as other,
    ):
        yield one, other


def answers(sandbox: WarmSandbox) -> dict[str, str]:
    found = {
        f"{function}, {case}": outcome
        for function, cases in sandbox.run(reference_job(TOPIC)).outcomes.items()
        for case, outcome in cases.items()
    }
    assert found
    assert all(isinstance(outcome, Returned) for outcome in found.values())
    return {name: repr(replace(one, wall=0.0, cpu=0.0)) for name, one in found.items()}


def ends(pid: int, seconds: float = 10.0) -> bool:
    """Whether a process is gone within ``seconds``, or waits to be reaped."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
                time.sleep(0.01)
                continue
        return True
    return False


def descriptors(pid: int) -> list[str]:
    """What is open in a process, by kind; a group or a file of its own without its number."""
    found = []
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            kind = str(one.readlink()).partition(":")[0]
            found.append(re.sub(r"\d{2,}", "", kind))
    return sorted(found)


def test_they_do_what_one_that_starts_by_itself_does(two, home: Path):
    with WarmSandbox(home) as alone:
        wanted, layers, missing = answers(alone), alone.layers(), alone.missing()
    for one in two:
        assert answers(one) == wanted
        assert (one.layers(), one.missing()) == (layers, missing)


def test_they_are_processes_of_their_own(two, zygote: Zygote):
    pids = [one.pid for one in two if one.layers()]
    assert len(set(pids)) == 2
    assert zygote.pid not in (0, *pids)
    if os.geteuid() == 0:
        assert [parent_of(f"/proc/{pid}") for pid in pids] == [zygote.pid] * 2
    assert {os.getsid(pid) for pid in pids} == set(pids)


def test_a_later_one_holds_nothing_of_an_earlier_one(two):
    """No socket of another's, by which it could be spoken to, and nothing of what it ran."""
    one, other = two
    answers(one)
    answers(one)
    other.layers()
    answers(other)
    answers(one)
    assert descriptors(one.pid) == descriptors(other.pid)


def test_one_that_was_killed_is_forked_again_and_the_other_goes_on(two, zygote: Zygote):
    one, other = two
    wanted, pid, kept = answers(one), one.pid, zygote.pid
    answers(other)
    untouched = other.pid
    os.kill(pid, signal.SIGKILL)
    assert answers(one) == wanted
    assert one.pid not in (0, pid)
    assert answers(other) == wanted
    assert (other.pid, zygote.pid) == (untouched, kept)


def test_without_the_zygote_they_go_on_and_the_next_gets_another(two, zygote: Zygote):
    one, other = two
    wanted, pid, first = answers(one), one.pid, zygote.pid
    os.kill(first, signal.SIGKILL)
    assert ends(first)
    assert answers(one) == wanted
    assert one.pid == pid
    assert answers(other) == wanted
    assert zygote.pid not in (0, first)


def test_each_ends_with_its_sandbox_and_the_zygote_with_its_own(home: Path):
    mine = Zygote(home)
    sandbox = WarmSandbox(home, zygote=mine)
    sandbox.layers()
    first, warm = mine.pid, sandbox.pid
    sandbox.close()
    assert ends(warm, 0.5)
    assert not ends(first, 0.2)
    mine.close()
    assert ends(first, 0.5)
    with WarmSandbox(home, zygote=mine) as late, pytest.raises(SandboxError, match="closed"):
        late.layers()


def test_what_its_forks_took_of_a_processor_is_counted(home: Path):
    """By whoever asks what a command and all that it started took, as benchmarks do."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = 0.0
    with closing(Zygote(home)) as mine, WarmSandbox(home, zygote=mine) as sandbox:
        while took < 1.0:
            took += sandbox.run(reference_job(TOPIC)).cpu
        status = Path(f"/proc/{mine.pid}/stat").read_text().rpartition(")")[2].split()
        own = sum(map(int, status[11:13])) / os.sysconf("SC_CLK_TCK")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    counted = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert counted >= own + took - 0.1


def test_one_that_is_closed_while_it_starts_ends_at_once(home: Path):
    mine, said = Zygote(home), []

    def ask() -> None:
        with WarmSandbox(home, zygote=mine) as sandbox, pytest.raises(SandboxError) as caught:
            sandbox.layers()
        said.append(str(caught.value))

    asking = threading.Thread(target=ask)
    asking.start()
    while not mine.pid:
        time.sleep(0.01)
    pid = mine.pid
    mine.close()
    asking.join(5)
    assert not asking.is_alive()
    assert len(said) == 1
    assert ends(pid, 1.0)


def test_what_a_zygote_printed_before_it_failed_is_told():
    """As where the course cache has gone."""
    with (
        closing(Zygote(Path("/no/such/course"))) as mine,
        WarmSandbox(mine.home, zygote=mine) as sandbox,
    ):
        with pytest.raises(SandboxError, match=r"did not start\. It said last") as caught:
            sandbox.layers()
        assert mine.pid == sandbox.pid == 0
    assert "OSError" in str(caught.value)


def test_a_pool_has_one_where_several_are_expected(home: Path):
    with Pool(home) as pool:
        pool.expect(1)
        assert pool._zygote is None
        pool.expect(2)
        with pool.open() as one, pool.open() as other:
            assert one.layers() == other.layers()
            parents = {parent_of(f"/proc/{each.pid}") for each in (one, other)}
            zygote = pool._zygote.pid
            if os.geteuid() == 0:
                assert parents == {zygote}
    assert ends(zygote, 1.0)


def test_plain_processes_have_none(home: Path):
    with Pool(home, plain=True) as pool:
        pool.expect(8)
        assert pool._zygote is None


# ---- what begins before it is wanted


def test_a_warm_process_that_has_begun_is_the_one_that_is_used(home: Path):
    with WarmSandbox(home) as sandbox:
        sandbox.begin()
        pid = sandbox.pid
        sandbox.begin()
        assert answers(sandbox)
        assert sandbox.pid == pid != 0


def test_one_that_has_begun_for_nothing_ends_at_once(home: Path):
    sandbox = WarmSandbox(home)
    sandbox.begin()
    pid = sandbox.pid
    assert pid
    sandbox.close()
    assert ends(pid, 0.5)
    with pytest.raises(SandboxError, match="closed"):
        sandbox.begin()


def test_one_that_ended_before_it_was_used_is_told(home: Path):
    with WarmSandbox(home) as sandbox:
        sandbox.begin()
        os.kill(sandbox.pid, signal.SIGKILL)
        with pytest.raises(SandboxError, match="did not start"):
            sandbox.layers()
        assert answers(sandbox)


@pytest.mark.parametrize("number", [1, 2])
def test_a_pool_begins_with_what_is_wanted_soon(home: Path, number: int):
    with Pool(home) as pool:
        pool.expect(number, soon=True)
        pool.expect(number, soon=True)
        begun = [pool._zygote.pid] if number > 1 else [one.pid for one in pool._idle]
        assert len(begun) == 1
        with pool.open() as sandbox:
            assert sandbox.layers()
            assert begun == [sandbox.pid if number == 1 else pool._zygote.pid]
    assert ends(begun[0], 1.0)


# ---- the parts of the libraries that they have


IN_TWO_PROCESSES = """from datasets import Dataset

def f():
    rows = Dataset.from_dict({"x": [1, 2, 3]}).map(lambda row: {"x": 2 * row["x"]}, num_proc=2)
    return str(rows["x"][:])
"""
DRAWN = """import sys
LATE = "matplotlib" not in sys.modules
import matplotlib.pyplot as plt

def f():
    plt.figure().canvas.draw()
    return LATE
"""
PLAIN = """import sys

def f():
    return "datasets" in sys.modules
"""


def value(sandbox: WarmSandbox, source: str) -> object:
    observation = sandbox.run(Job("t", source, "t.py", (Call("f", (Case("a", {}),)),)))
    outcome = observation.outcome("f", "a")
    assert isinstance(outcome, Returned), outcome
    return outcome.value


def test_a_job_that_needs_more_gets_a_new_process_with_all(home: Path):
    with WarmSandbox(home, parts=frozenset()) as sandbox:
        assert value(sandbox, PLAIN) is False
        first = sandbox.pid
        # Imported late, it would look for what the sandbox does not have.
        assert value(sandbox, IN_TWO_PROCESSES) == "[2, 4, 6]"
        second = sandbox.pid
        assert second != first
        assert value(sandbox, PLAIN) is True
        assert sandbox.pid == second


def test_what_can_as_well_come_late_does(home: Path):
    with WarmSandbox(home, parts=frozenset()) as sandbox:
        sandbox.layers()
        first = sandbox.pid
        assert value(sandbox, DRAWN) is True
        assert sandbox.pid == first


def test_a_zygote_gets_what_one_of_its_forks_needs(home: Path):
    with (
        closing(Zygote(home, parts=frozenset())) as mine,
        WarmSandbox(home, zygote=mine, parts=frozenset()) as one,
        WarmSandbox(home, zygote=mine, parts=frozenset()) as other,
    ):
        assert value(one, PLAIN) is value(other, PLAIN) is False
        kept, untouched = mine.pid, other.pid
        assert value(one, IN_TWO_PROCESSES) == "[2, 4, 6]"
        assert value(other, PLAIN) is False
        assert (mine.pid, other.pid) == (kept, untouched)
        os.kill(kept, signal.SIGKILL)
        assert ends(kept)
        os.kill(one.pid, signal.SIGKILL)
        assert value(one, IN_TWO_PROCESSES) == "[2, 4, 6]"
        assert mine.pid not in (0, kept)


@pytest.mark.parametrize("number", [1, 2])
def test_a_pool_starts_with_what_it_is_told(home: Path, number: int):
    with Pool(home) as pool:
        pool.expect(number, parts=frozenset())
        with pool.open() as sandbox:
            assert value(sandbox, PLAIN) is False
    with Pool(home) as pool:
        pool.expect(number, parts=frozenset({"drawing"}))
        pool.expect(number, parts=frozenset({"datasets"}))
        with pool.open() as sandbox:
            assert value(sandbox, PLAIN) is True
            first = sandbox.pid
            assert value(sandbox, DRAWN) is False
            assert sandbox.pid == first


@pytest.mark.parametrize("number", [1, 2])
def test_one_that_began_before_its_parts_were_known_goes_on_with_these(home: Path, number: int):
    with Pool(home) as pool:
        pool.expect(number, soon=True)
        begun = pool._zygote.pid if number > 1 else pool._idle[0].pid
        pool.expect(number, soon=True, parts=frozenset())
        with pool.open() as sandbox:
            assert value(sandbox, PLAIN) is False
            assert begun == (pool._zygote.pid if number > 1 else sandbox.pid)


def test_one_that_is_told_of_no_parts_has_all(home: Path):
    with WarmSandbox(home) as sandbox:
        sandbox.begin()
        assert value(sandbox, PLAIN) is True


@pytest.mark.parametrize("of_a_zygote", [False, True])
def test_one_that_is_used_stays_as_it_is(home: Path, of_a_zygote: bool):
    with (
        closing(Zygote(home, parts=frozenset())) as mine,
        WarmSandbox(home, zygote=mine if of_a_zygote else None, parts=frozenset()) as sandbox,
    ):
        assert value(sandbox, PLAIN) is False
        first = sandbox.pid
        mine.need(frozenset({"datasets"}))
        sandbox.need(frozenset({"datasets"}))
        assert value(sandbox, PLAIN) is False
        assert value(sandbox, IN_TWO_PROCESSES) == "[2, 4, 6]", "nobody thinks that it has them"
        assert sandbox.pid != first


def test_a_zygote_that_ends_while_it_imports_ends_at_once(home: Path):
    mine = Zygote(home)
    mine.begin()
    mine.need(frozenset({"datasets"}))
    pid = mine.pid
    mine.close()
    assert ends(pid, 0.5)


@pytest.mark.parametrize("number", [1, 2])
def test_what_has_begun_ends_with_the_command(home: Path, number: int):
    with begun(number, plain=False) as pool:
        assert pool is not None
        pid = pool._zygote.pid if number > 1 else pool._idle[0].pid
        assert not ends(pid, 0.1)
    assert ends(pid, 0.5)


def test_nothing_begins_for_who_wants_none_or_has_no_course(monkeypatch: pytest.MonkeyPatch):
    with begun(0, plain=False) as pool:
        assert pool is None
    monkeypatch.setattr(early, "where_built", lambda: None)
    with begun(1, plain=False) as pool:
        assert pool is None


def test_plain_processes_begin_when_they_are_used(home: Path):
    with begun(2, plain=True) as pool:
        assert pool is not None
        assert pool._zygote is None
        pool.expect(2, parts=frozenset())
        with pool.open() as sandbox:
            assert value(sandbox, PLAIN) is False
