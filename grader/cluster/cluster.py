"""A cluster that is open. In: where it is. Out: runners, one for each thread that wants one.

``open_cluster`` waits for the first workers and looks at the scheduler until the block ends; what
it finds out there ends every runner's waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from grader.cluster.address import SLURM, Address, address_of
from grader.cluster.connect import connected
from grader.cluster.errors import ClusterError
from grader.cluster.roster import Roster
from grader.cluster.runner import ClusterRunner
from grader.cluster.seats import SEATS, Seats
from grader.cluster.tls import Certificates, security_of
from grader.sandbox import Runner

_EVERY = 1.0  # seconds between two looks
_PATIENCE = {"tcp": 120.0, "tls": 120.0, SLURM: 7200.0}


@dataclass(frozen=True, slots=True)
class Options:
    """``workers`` is how many are expected (and asked of Slurm); 0: as many as are there first.
    ``attempts`` is how many workers a job may end. The rest are seconds: to connect, to wait for an
    answer, and to wait for workers when there are none (0: two minutes, or two hours of Slurm's
    queue)."""

    workers: int = 0
    certificates: Certificates = field(default_factory=Certificates)
    attempts: int = 3
    connect: float = 15.0
    answer: float = 30.0
    patience: float = 0.0


@dataclass(slots=True)
class Cluster:
    """An open cluster."""

    roster: Roster
    executor: Any
    options: Options
    keep: Callable[[], None]
    _trouble: ClusterError | None = None
    _alone_since: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def slots(self) -> int:
        """How many threads give it enough to do: each worker runs one job and has one waiting.
        With workers that come later up to twice as many are kept busy; when some go, threads wait
        for a seat."""
        return SEATS * max(self.roster.seats.number(), self.options.workers)

    def open_runner(self) -> AbstractContextManager[Runner]:
        """A runner for one thread."""
        runner = ClusterRunner(
            self.executor,
            self.roster.seats,
            self.options.attempts,
            self.check,
            self.look,
            self.roster.refuse,
        )
        return nullcontext(runner)

    def layers(self) -> tuple[str, ...]:
        """The containment layers that hold on every worker, now and later."""
        return self.roster.layers()

    def missing(self) -> tuple[tuple[str, str], ...]:
        """Layers that some worker has not, each with the reason."""
        return self.roster.missing()

    def check(self) -> None:
        """Raises ``ClusterError`` once there is no cluster any more."""
        if self._trouble is not None:
            raise ClusterError(str(self._trouble))

    def look(self) -> None:
        """One look at the scheduler; what is wrong there, ``check`` says from then on."""
        with self._lock:
            self.check()
            try:
                self.roster.look()
                self.keep()
                self._refuse_nobody()
            except ClusterError as error:
                self._trouble = error
                raise

    def watch(self, stop: threading.Event) -> None:
        """Looks until it is told to stop, or there is nothing more to see."""
        while not stop.wait(_EVERY):
            try:
                self.look()
            except ClusterError:
                return
            except Exception as error:  # ours: a thread must not die of it unheard
                self._trouble = ClusterError(f"the watch failed: {type(error).__name__}: {error}")
                return

    def await_workers(self) -> None:
        """Until there is one. Raises ``ClusterError``."""
        self.look()
        while not self.roster.seats.number():
            refused = self.roster.refused
            if len(refused) >= max(1, self.options.workers):
                raise ClusterError(_none_fit(refused.values()))
            sleep(_EVERY / 4)
            self.look()

    def _refuse_nobody(self) -> None:
        """Workers may come back, but not for ever."""
        if self.roster.seats.number():
            self._alone_since = 0.0
            return
        self._alone_since = self._alone_since or monotonic()
        if monotonic() - self._alone_since > self.options.patience:
            found = self.roster.refused.values()
            raise ClusterError(
                _none_fit(found)
                if found
                else f"no worker came within {self.options.patience:g} s. Start some "
                "(docs/scale.md), and run the same command: what was finished is stored."
            )


@contextmanager
def open_cluster(
    where: str, home: Path, say: Callable[[str], None], options: Options | None = None
) -> Iterator[Cluster]:
    """The cluster at ``where`` (``tcp://127.0.0.1:PORT``, ``tls://HOST:PORT`` or ``slurm``) as long
    as the block lasts. ``home`` is the course cache here; ``say`` gets sentences about workers.

    Raises ``ClusterError``, also when Dask is not installed.
    """
    address, options = address_of(where), options or Options()
    options = replace(options, patience=options.patience or _PATIENCE[address.kind])
    _need_dask()
    with _connected(address, options) as (client, keep):
        from grader.cluster.worker import facts_of

        roster = Roster(client, facts_of(home), Seats(), say, options.answer)
        roster.settle()
        executor = client.get_executor(pure=False, retries=0)
        cluster = Cluster(roster, executor, options, keep)
        cluster.await_workers()
        with _watched(cluster):
            yield cluster


@contextmanager
def _watched(cluster: Cluster) -> Iterator[None]:
    stop = threading.Event()
    watch = threading.Thread(target=cluster.watch, args=(stop,), daemon=True)
    watch.start()
    try:
        yield
    finally:
        stop.set()
        watch.join(cluster.options.answer)


@contextmanager
def _connected(address: Address, options: Options) -> Iterator[tuple[Any, Callable[[], None]]]:
    """A client, and what keeps its workers coming."""
    if address.kind == SLURM:
        from grader.cluster.slurm import slurm

        with (
            slurm(options.workers, options.certificates) as started,
            connected(started.cluster, started.security, options.connect) as client,
        ):
            yield client, started.keep
        return
    security = security_of(options.certificates) if address.kind == "tls" else None
    with connected(address.url, security, options.connect) as client:
        yield client, lambda: None


def _need_dask() -> None:
    try:
        import dask_jobqueue
        import distributed  # noqa: F401
    except ImportError as error:
        raise ClusterError(
            f'--cluster needs a package that is not there ({error}): pip install "grader[cluster]"'
        ) from None
    del dask_jobqueue


def _none_fit(refused: Any) -> str:
    return "no worker is fit for this:\n" + "\n".join(f"  {why}" for why in refused)
