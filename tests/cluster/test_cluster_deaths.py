"""A real cluster whose processes end in every way there is, in the order in which they are cheap:
each test begins with the workers that the one before has left."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from cluster_helpers import Ground, busy, ground, job, wait

from grader.baseline import topic_baseline
from grader.cli.place import STORE
from grader.cluster import Cluster, ClusterError, Options, open_cluster
from grader.grade import Course, grade_class
from grader.model import (
    Assignment,
    Case,
    Check,
    Died,
    Job,
    Limits,
    Observation,
    Returned,
    Same,
    Source,
    Status,
    Submission,
    Task,
    Topic,
)
from grader.sandbox import SandboxError, WarmSandbox

ALL = "GRADER_ALL" in os.environ
ATTEMPTS = 3 if ALL else 2
TURNS = 10 if ALL else 1
SIMPLE = job("def f(x):\n    return x + 1\n", 41)
NAMES = tuple(f"student {number}" for number in range(8))


@pytest.fixture(scope="module")
def place(sandbox: WarmSandbox) -> Iterator[Ground]:
    """A scheduler and two workers. The warm process of this one's own is there before them."""
    with ground() as found:
        found.start_scheduler()
        found.start_workers(2)
        yield found


@pytest.fixture(scope="module")
def course(sandbox: WarmSandbox) -> Course:
    """One topic: double a number, in a second."""
    cases = tuple(Case(f"case {n}", {"x": n}, public=n < 2, seed=n) for n in range(4))
    checks = (Check("it is doubled", Same(), 10.0),)
    task = Task("double", cases, checks, (), ("x",), limits=Limits(wall=20.0))
    topic = Topic("numbers", (task,), "def double(x):\n    return 2 * x\n")
    return Course(Assignment((topic,)), {"numbers": topic_baseline(topic, sandbox)})


def submissions(seconds: float = 0.0) -> list[Submission]:
    """A class: the first is wrong, and each takes so long."""
    found = []
    for number, name in enumerate(NAMES):
        text = (
            f"import time\ntime.sleep({seconds})\ndef double(x):\n    return {number and 2} * x\n"
        )
        found.append(Submission(name, {"numbers": Source("numbers", "solution.py", text)}))
    return found


def scores(course: Course, cluster: Cluster, seconds: float = 0.0) -> list[tuple[str, float]]:
    """The class's, by name; every submission's status is a verdict."""
    found = list(
        grade_class(submissions(seconds), course, cluster.open_runner, max(4, cluster.slots))
    )
    for grade in found:
        for line in grade.topics[0].functions[0].checks:
            assert line.status in (Status.PASSED, Status.FAILED), line
    return sorted((grade.submission, grade.score) for grade in found)


RIGHT = [(name, 10.0 if number else 0.0) for number, name in enumerate(NAMES)]


@contextmanager
def opened(place: Ground, home: Path, workers: int, **options: Any) -> Iterator[Cluster]:
    """The cluster with that many workers, started first if they are not there."""
    there = place.counts()["workers"]
    if there < workers:
        place.start_workers(workers - there)
    told: list[str] = []
    with open_cluster(place.address, home, told.append, Options(**options)) as cluster:
        yield cluster
    assert told == []


def run(cluster: Cluster, one: Job) -> Observation:
    with cluster.open_runner() as runner:
        return runner.run(one)


def value(observation: Observation) -> object:
    (outcome,) = observation.outcomes["f"].values()
    return outcome.value if isinstance(outcome, Returned) else outcome


def holders(cluster: Cluster, least: int = 1) -> list[str]:
    """The workers that hold so many jobs."""
    benches = list(cluster.roster.seats._benches.values())
    return [bench.worker for bench in benches if bench.taken >= least]


# ---- nothing happens


def test_a_class_has_the_grades_that_one_machine_gives(
    place: Ground, home: Path, course: Course, sandbox: WarmSandbox
):
    alone = list(grade_class(submissions(), course, lambda: _lent(sandbox), 1))
    with opened(place, home, 2) as cluster:
        assert cluster.slots == 4
        assert cluster.layers() == sandbox.layers()
        assert cluster.missing() == sandbox.missing()
        together = list(grade_class(submissions(), course, cluster.open_runner, cluster.slots))
    assert _untimed(together) == _untimed(alone)
    assert {grade.submission for grade in together} == set(NAMES)


@contextmanager
def _lent(sandbox: WarmSandbox) -> Iterator[WarmSandbox]:
    yield sandbox


def _untimed(grades: list[Any]) -> list[str]:
    from grader.report.result import to_json

    return sorted(
        _without(to_json(grade), ("wall", "cpu", "seconds")).__repr__() for grade in grades
    )


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, names) for key, one in value.items() if key not in names}
    return [_without(one, names) for one in value] if isinstance(value, list) else value


def test_the_command_grades_on_a_cluster(
    place: Ground, open_folder: Path, grader_data: Path, tmp_path: Path
):
    handed_in = hand_in(open_folder / "handed-in", ["ada", "bob"], "")
    done = command("--cluster", place.address, "--json", handed_in, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    rows = {row["submission"]: row["score"] for row in json.loads(done.stdout)}
    assert rows["ada"] == 6
    assert 0 < rows["bob"] < 6
    report = json.loads((tmp_path / "out" / "ada" / "result.json").read_text())
    assert "seccomp" in json.dumps(report)


def test_the_command_says_what_it_will_not_connect_to(tmp_path: Path):
    done = command("--cluster", "tcp://10.1.2.3:8786", tmp_path, "-o", tmp_path / "out")
    assert (done.returncode, done.stdout) == (3, "")
    assert "tcp:// has neither encryption nor certificates" in done.stderr
    assert "Traceback" not in done.stderr


def hand_in(folder: Path, names: Iterable[str], first: str) -> Path:
    """A class in the topic ``demo``, of which only the first is right. Each file is another, and
    does ``first`` first."""
    for number, name in enumerate(names):
        text = f"import time, torch\n{first}\ndef double(x):\n    return x * {2 + number}\n{ONES}"
        file = folder / name / "demo" / "solution.py"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return folder


ONES = "def ones(n):\n    return torch.ones(n, n) / n\n"


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``grader grade`` on the topic ``demo``, as a program."""
    reference = Path(__file__).parents[1] / "e2e" / "reference"
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", "grade", "-t", "demo", "--reference", reference]
        + list(map(str, arguments)),
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_no_more_is_on_its_way_than_the_workers_have_seats_and_what_is_done_is_forgotten(
    place: Ground, home: Path
):
    seen: list[int] = []
    with opened(place, home, 2) as cluster, ThreadPoolExecutor(16) as threads:
        running = [threads.submit(run, cluster, SIMPLE) for _ in range(60)]
        while not all(one.done() for one in running):
            seen.append(place.counts()["tasks"])
        assert [value(one.result()) for one in running] == [42] * 60
        assert 1 <= max(seen) <= cluster.slots + 2  # two that are done may not be forgotten yet
        wait(lambda: place.counts()["tasks"] == 0, "the scheduler to forget", 10)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.SIGSEGV)\n", "signal"),
        ("def f(x):\n    while True:\n        pass\n", "timeout"),
        ("def f(x):\n    return len(bytearray(1 << 40))\n", "MemoryError"),
        ("import os, signal\ndef f(x):\n    os.kill(os.getppid(), signal.SIGKILL)\n", ""),
    ],
)
def test_a_workers_child_takes_nothing_of_it_along(
    place: Ground, home: Path, source: str, reason: str
):
    with opened(place, home, 2, attempts=1) as cluster:
        outcome = value(run(cluster, job(source, wall=1.0)))
        told = outcome.reason if isinstance(outcome, Died) else getattr(outcome, "type", "")
        assert told == reason or not reason
        assert [value(run(cluster, SIMPLE)) for _ in range(4)] == [42] * 4  # both workers
    assert place.counts()["workers"] == 2


# ---- who asked ends


def test_a_coordinator_that_is_killed_twice_leaves_workers_that_the_next_one_uses(
    place: Ground, home: Path
):
    for _ in range(2):
        script = Path(__file__).with_name("coordinator.py")
        with subprocess.Popen(
            [sys.executable, str(script), place.address, "3"], stdout=subprocess.PIPE, text=True
        ) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == "given\n"
            wait(lambda: place.counts()["processing"] >= 2, "jobs at the workers", 10)
            killed.kill()
        wait(lambda: place.counts()["tasks"] == 0, "the scheduler to forget its jobs", 10)
    with opened(place, home, 2, attempts=1) as cluster:
        assert [value(run(cluster, SIMPLE)) for _ in range(4)] == [42] * 4


# ---- workers end


@pytest.mark.parametrize("turn", range(TURNS))
def test_a_worker_that_is_told_to_end_finishes_its_job_and_hands_back_the_rest(
    place: Ground, home: Path, turn: int
):
    """``attempts=1``: a job that was taken for its worker's murderer would fail."""
    with opened(place, home, 2, attempts=1) as cluster, ThreadPoolExecutor(4) as threads:
        running = [threads.submit(run, cluster, busy(2.0)) for _ in range(4)]
        wait(lambda: len(holders(cluster, 2)) == 2, "two jobs at each worker", 10)
        wait(lambda: place.counts()["processing"] == 4, "the jobs to arrive", 10)
        time.sleep(0.5)
        leaver = place.worker_at(holders(cluster)[0])
        leaver.send_signal(signal.SIGTERM)
        first = leaver.wait(30)
        assert first == 0
        assert [value(one.result(60)) for one in running] == [2] * 4
        began = place.said(leaver)
    assert "told to end" in began
    assert place.counts()["workers"] == 1


@pytest.mark.parametrize("turn", range(TURNS))
def test_a_worker_that_is_killed_costs_nobody_anything(
    place: Ground, home: Path, course: Course, turn: int
):
    with opened(place, home, 2) as cluster:
        killer = threading.Thread(target=_kill_one, args=(place, cluster))
        killer.start()
        assert scores(course, cluster, seconds=0.7) == RIGHT
        killer.join()
        assert cluster.roster.seats.number() == 1
        assert run(cluster, SIMPLE).layers == cluster.layers()


def _kill_one(place: Ground, cluster: Cluster) -> None:
    wait(lambda: holders(cluster, 2), "a worker with two jobs", 20)
    time.sleep(0.3)
    place.worker_at(holders(cluster, 2)[0]).kill()


def test_a_job_that_ends_every_worker_it_gets_is_put_aside_and_the_rest_go_on(
    place: Ground, home: Path
):
    """Something kills each worker that holds a certain job, as the kernel does when memory ends."""
    there = place.counts()["workers"]
    place.start_workers(2 - there)
    spare = [place.start_worker() for _ in range(ATTEMPTS - 1)]  # take their time to come
    with opened(place, home, 2, attempts=ATTEMPTS) as cluster, ThreadPoolExecutor(4) as threads:
        victims = [threads.submit(run, cluster, busy(0.5)) for _ in range(2)]
        poison = threads.submit(run, cluster, busy(15.0))
        kill_until(lambda: poison.done(), place, cluster)
        with pytest.raises(SandboxError, match=f"quarantined: it ended {ATTEMPTS} workers"):
            poison.result()
        assert [value(one.result()) for one in victims] == [2] * 2
        wait(lambda: cluster.roster.seats.number() > 0, "a worker that lives")
        assert value(run(cluster, SIMPLE)) == 42
    assert sum(one.poll() is None for one in spare) >= 1


def kill_until(done: Callable[[], bool], place: Ground, cluster: Cluster) -> None:
    """Kills each worker that holds a job for three seconds: the short ones never do."""
    since: dict[str, float] = {}
    deadline = time.monotonic() + 120
    while not done() and time.monotonic() < deadline:
        held = holders(cluster)
        since = {worker: since.get(worker, time.monotonic()) for worker in held}
        for worker, begin in since.items():
            if time.monotonic() - begin > 3:
                place.worker_at(worker).kill()
                since[worker] = time.monotonic()
        time.sleep(0.05)


# ---- the scheduler ends


def test_without_its_scheduler_the_command_ends_and_goes_on_where_it_was(
    place: Ground, home: Path, course: Course, open_folder: Path, grader_data: Path, tmp_path: Path
):
    """Two at once: the command, and a class graded here."""
    if place.counts()["workers"] < 1:
        place.start_workers(1)
    alive = [one for one in place.processes[1:] if one.poll() is None]
    handed_in = hand_in(open_folder / "many", (f"student-{n}" for n in range(12)), "time.sleep(1)")
    results = tmp_path / "out"
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(command, "--cluster", place.address, handed_in, "-o", results)
        wait(lambda: len(settled(results)) >= 2, "the first two to be done")
        with opened(place, home, 1, connect=3.0) as cluster:
            threading.Timer(0.5, place.processes[0].kill).start()
            with pytest.raises(ClusterError, match=r"the scheduler is lost: .* the same command"):
                list(grade_class(submissions(2.0), course, cluster.open_runner, cluster.slots))
            with pytest.raises(ClusterError, match="the scheduler is lost"):
                run(cluster, SIMPLE)
        done = running.result(60)
    assert done.returncode == 3
    assert "the scheduler is lost" in done.stderr
    assert "Traceback" not in done.stderr
    finished = settled(results)
    assert 2 <= len({name for name, _ in finished}) < 12
    for one in alive:
        one.wait(20)  # they end by themselves, and nothing of theirs is left: the place looks
    again = command("--json", handed_in, "-o", results)
    assert again.returncode == 0, again.stderr
    assert len(json.loads(again.stdout)) == 12
    assert all("grader error" not in str(row["status"]) for row in json.loads(again.stdout))
    after = settled(results)
    assert after[: len(finished)] == finished
    assert sorted(after) == sorted(set(after))  # what was done was not done again
    assert len({name for name, _ in after}) == 12


def settled(results: Path) -> list[tuple[str, str]]:
    """What was run to its end and stored, in the order in which it began: whose, and which work."""
    if not (results / STORE).exists():
        return []
    with closing(sqlite3.connect(f"file:{results / STORE}?mode=ro", uri=True)) as store:
        asked = "SELECT submission, hex(work) FROM attempts WHERE end = 'settled' ORDER BY number"
        try:
            return [(bytes(name).decode(), work) for name, work in store.execute(asked)]
        except sqlite3.OperationalError:  # it has no tables yet
            return []
