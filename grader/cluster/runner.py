"""One job on a cluster. In: a ``Job``. Out: its ``Observation``, whatever becomes of the workers.

A worker that ends takes a job along that ran there and one that waited, and nobody can tell which
of the two ended it. So each is tried again alone, on a worker that has nothing else: then there is
no doubt. A job that ended as many workers as it may is put aside as the grader's own fault, and
costs its student nothing.

    GivenUpError   the job was put aside
    SandboxError   a worker's sandbox failed
    ClusterError   there is no cluster any more
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from grader.archive import load_observation
from grader.cluster.seats import Bench, Seats
from grader.cluster.words import FAULT, LEAVING
from grader.fair import LONGEST
from grader.model import Job, Observation
from grader.sandbox import GivenUpError, SandboxError
from grader.worker.decode import FrameError
from grader.worker.jobs import dump_job

_HANDED_BACK = 20  # times, by workers that were told to end
_TICK = 1.0
_GRACE = 3.0  # seconds between a worker's end and the scheduler's word about its jobs
# A warm process that has to be started first, twice, and a file that loads as long as it may.
_START = 2 * (180.0 + 40.0)


class _EndedError(Exception):
    """The worker ended while it held the job, or was of no more use."""


class _HandedBackError(Exception):
    """The job was not done, and it is not the job's doing."""


@dataclass(slots=True)
class ClusterRunner:
    """Runs one job at a time. ``attempts`` is how many workers a job may end; ``check`` raises when
    it is known that there is no cluster any more, ``look`` finds out; ``refuse`` strikes a worker
    off."""

    executor: Any  # of concurrent.futures; Dask's takes the worker's address besides
    seats: Seats
    attempts: int
    check: Callable[[], None]
    look: Callable[[], None]
    refuse: Callable[[str, str], None]

    def run(self, job: Job) -> Observation:
        """The job's observation."""
        data, seconds = dump_job(job), _seconds(job)
        ended: list[str] = []
        for _ in range(_HANDED_BACK + self.attempts):
            bench = self.seats.take(bool(ended), self.check)
            try:
                return _observation(self._done(bench, data, seconds))
            except _HandedBackError:
                continue
            except _EndedError:
                ended.append(bench.worker)
            finally:
                self.seats.give(bench)
            if len(ended) >= self.attempts:
                raise GivenUpError(
                    f"quarantined: it ended {len(ended)} workers ({', '.join(ended)})"
                )
        raise GivenUpError(f"it was handed back {_HANDED_BACK} times: workers come and go too fast")

    def _done(self, bench: Bench, data: bytes, seconds: float) -> bytes:
        from grader.cluster.worker import run_job

        name = f"grade-{uuid.uuid4().hex}"
        future = self.executor.submit(run_job, data, key=name, workers=[bench.worker])
        try:
            return self._wait(future, bench, seconds)
        finally:
            future.cancel()  # whatever is still of it, the scheduler may forget

    def _wait(self, future: Future[bytes], bench: Bench, seconds: float) -> bytes:
        gone, deadline = 0.0, monotonic() + 2 * seconds  # another may be before it
        while not future.done():
            with suppress(TimeoutError, CancelledError):
                future.exception(timeout=_TICK)
            self.check()
            gone = (gone or monotonic()) if bench.gone else 0.0
            if gone and monotonic() > gone + _GRACE and not future.done():
                raise _HandedBackError
            if monotonic() > deadline and not future.done():
                why = f"the worker at {bench.worker} is refused: a job did not end in its time"
                self.refuse(bench.worker, why)
                raise _EndedError
        return self._result(future)

    def _result(self, future: Future[bytes]) -> bytes:
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker:
            raise _EndedError from None
        except CancelledError:
            self.look()  # the scheduler's end, of which Dask says no more than that
            raise _HandedBackError from None
        except Exception as error:
            self.check()
            raise SandboxError(f"the cluster failed: {type(error).__name__}: {error}") from None


def _observation(said: bytes) -> Observation:
    kind, data = said[:1], said[1:]
    if kind == LEAVING:
        raise _HandedBackError
    if kind == FAULT:
        raise SandboxError(data.decode("utf-8", "replace"))
    try:
        return load_observation(data)
    except FrameError as error:
        raise SandboxError(f"a worker's answer is damaged: {error}") from None


def _seconds(job: Job) -> float:
    """The longest that a worker can take over it, with all its tries."""
    return LONGEST * (_START + 2 * sum(call.limits.wall * len(call.cases) for call in job.calls))
