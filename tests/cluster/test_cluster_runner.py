"""What becomes of a job when workers end: scripted ends, without a cluster."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest
from cluster_helpers import job
from distributed import KilledWorker

from grader.archive import dump_observation
from grader.cluster import runner as module
from grader.cluster.errors import ClusterError
from grader.cluster.runner import ClusterRunner
from grader.cluster.seats import Seats
from grader.cluster.words import FAULT, LEAVING, OBSERVATION
from grader.model import Observation, Returned
from grader.sandbox import SandboxError
from grader.worker.jobs import load_job

JOB = job("def f(x):\n    return x\n")
DONE = Observation("topic", {"f": {"case 0": Returned(1)}})
RIGHT = OBSERVATION + dump_observation(DONE)
KILLED = KilledWorker("task", None, 0)
NEVER = "never"


class Script:
    """An executor whose tasks end as was written. Notes who else sat where a task was sent."""

    def __init__(self, seats: Seats, *ends: Any) -> None:
        self.seats, self.ends = seats, list(ends)
        self.sent: list[tuple[str, int, bool]] = []
        self.names: set[str] = set()
        self.futures: list[Future[bytes]] = []

    def submit(self, function: Any, data: bytes, key: str, workers: list[str]) -> Future[bytes]:
        assert function.__module__.startswith("grader.")  # known by its name at the worker
        assert load_job(data) == JOB
        (worker,) = workers
        bench = self.seats._benches[worker]
        self.sent.append((worker, bench.taken, bench.reserved))
        self.names.add(key)
        future: Future[bytes] = Future()
        self.futures.append(future)
        end = self.ends.pop(0)
        if callable(end):
            end = end(worker)
        if isinstance(end, bytes):
            future.set_result(end)
        elif isinstance(end, BaseException):
            future.set_exception(end)
        elif end is None:
            future.cancel()
        return future


class Ground:
    """A runner with a script."""

    def __init__(self, *ends: Any, workers: int = 4, attempts: int = 3) -> None:
        self.seats = Seats()
        for number in range(workers):
            self.seats.admit(f"w{number}")
        self.script = Script(self.seats, *ends)
        self.refused: list[str] = []
        self.trouble = ""
        self.runner = ClusterRunner(
            self.script, self.seats, attempts, self.check, self.check, self.refuse
        )

    def check(self) -> None:
        if self.trouble:
            raise ClusterError(self.trouble)

    def refuse(self, worker: str, why: str) -> None:
        self.refused.append(why)
        self.seats.dismiss([worker])

    def killing(self, worker: str) -> BaseException:
        """The end of a worker with its job."""
        self.seats.dismiss([worker])
        return KILLED


def test_a_job_is_sent_once_and_its_seat_given_back():
    ground = Ground(RIGHT)
    assert ground.runner.run(JOB) == DONE
    assert ground.script.sent == [("w0", 1, False)]
    assert all(bench.taken == 0 for bench in ground.seats._benches.values())


def test_after_a_workers_end_the_job_runs_alone():
    ground = Ground()
    ground.script.ends = [ground.killing, RIGHT]
    ground.seats.take(False, ground.check)  # another's job, on w0
    assert ground.runner.run(JOB) == DONE
    assert ground.script.sent == [("w1", 1, False), ("w2", 1, True)]


def test_a_job_that_ends_every_worker_is_put_aside_and_nothing_is_said_about_the_student():
    ground = Ground()
    ground.script.ends = [ground.killing] * 3
    with pytest.raises(SandboxError, match=r"quarantined: it ended 3 workers \(w0, w1, w2\)"):
        ground.runner.run(JOB)
    assert [alone for _, _, alone in ground.script.sent] == [False, True, True]
    assert len(ground.script.names) == 3
    assert ground.seats.workers() == ("w3",)
    assert ground.seats.take(False, ground.check).taken == 1


@pytest.mark.parametrize("end", [LEAVING, None])
def test_what_is_handed_back_counts_as_no_attempt(end: bytes | None):
    ground = Ground(*[end] * 5, RIGHT, attempts=1)
    assert ground.runner.run(JOB) == DONE
    assert not any(alone for _, _, alone in ground.script.sent)


def test_what_is_handed_back_again_and_again_comes_to_an_end():
    ground = Ground(*[LEAVING] * 40)
    with pytest.raises(SandboxError, match="handed back"):
        ground.runner.run(JOB)


def test_a_worker_that_left_without_a_word_hands_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_TICK", 0.01)
    monkeypatch.setattr(module, "_GRACE", 0.02)
    ground = Ground(attempts=1)

    def leaves(worker: str) -> str:
        ground.seats.dismiss([worker])
        return NEVER

    ground.script.ends = [leaves, RIGHT]
    assert ground.runner.run(JOB) == DONE
    assert ground.script.futures[0].cancelled()  # the scheduler forgets it


def test_a_worker_that_does_not_come_to_an_end_is_struck_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_TICK", 0.01)
    monkeypatch.setattr(module, "_seconds", lambda job: 0.02)
    ground = Ground(NEVER, RIGHT)
    assert ground.runner.run(JOB) == DONE
    assert ground.refused == ["the worker at w0 is refused: a job did not end in its time"]
    assert ground.script.sent[1][2]
    assert ground.script.futures[0].cancelled()


def test_the_longest_time_of_a_job_is_that_of_its_cases():
    long = job("", *range(10), wall=100.0)
    assert module._seconds(long) >= 2 * 10 * 100


def test_without_a_scheduler_it_is_no_matter_of_the_job(monkeypatch: pytest.MonkeyPatch):
    """Neither while it waits for an answer, nor for a seat, nor when Dask cancels everything."""
    monkeypatch.setattr(module, "_TICK", 0.01)
    for end in (NEVER, None, RuntimeError("the connection is lost")):
        ground = Ground(end)
        ground.trouble = "the scheduler is lost"
        with pytest.raises(ClusterError, match="the scheduler is lost"):
            ground.runner.run(JOB)
    nobody = Ground(workers=0)
    nobody.trouble = "no worker came"
    with pytest.raises(ClusterError, match="no worker came"):
        nobody.runner.run(JOB)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (FAULT + b"the warm process died twice", "the warm process died twice"),
        (OBSERVATION + b"\xff\xff", "a worker's answer is damaged"),
        (b"", "a worker's answer is damaged"),
        (ModuleNotFoundError("No module named 'grader'"), "the cluster failed: ModuleNotFound"),
    ],
)
def test_what_a_worker_could_not_do_is_the_graders_fault(end: Any, told: str):
    with pytest.raises(SandboxError, match=told):
        Ground(end).runner.run(JOB)
