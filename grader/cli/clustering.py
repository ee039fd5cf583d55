"""Where a class's jobs run: on this machine, or on a cluster.

In: a session, and what was asked for. Out: an opener of runners, and how many of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.classroom import Opener
from grader.early import slots
from grader.session import Session


@dataclass(frozen=True, slots=True)
class Where:
    """``cluster`` is its address, ``""`` for this machine with ``jobs`` slots (0: one a core);
    ``workers`` is how many a cluster is expected to have. The files are its certificates."""

    jobs: int = 0
    cluster: str = ""
    workers: int = 0
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None


@dataclass(frozen=True, slots=True)
class Runners:
    """``open`` opens a runner for one of ``slots`` threads."""

    open: Opener
    slots: int


@contextmanager
def runners(session: Session, where: Where, say: Callable[[str], None]) -> Iterator[Runners]:
    """The runners of this machine or of the cluster, as long as the block lasts. ``say`` gets
    sentences about workers. Raises ``ClusterError``, and what the session's guard raises of a
    cluster that contains too little."""
    if not where.cluster:
        yield Runners(session.lease_runner, slots(where.jobs))
        return
    from grader.cluster import Certificates, Options, open_cluster

    certificates = Certificates(where.tls_ca, where.tls_cert, where.tls_key)
    options = Options(workers=where.workers, certificates=certificates)
    with open_cluster(where.cluster, session.home, say, options) as cluster:
        session.guard(cluster)
        yield Runners(cluster.open_runner, cluster.slots)
