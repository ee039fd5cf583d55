"""``--preload grader.cluster.preload``: makes a scheduler or a worker of Dask's fit for the grader.

In: a scheduler or a worker that has just opened its doors and is known to nobody yet. Out: the
same with what it needs; or its end, with a sentence that says how to start it. A scheduler is
refused that other machines could reach without a certificate. A worker gets its warm process, and
when it is told to end (SIGTERM) it finishes what it runs and hands back what it has not begun.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

from distributed import Scheduler

from grader.cluster.address import is_loopback
from grader.cluster.errors import ClusterError
from grader.cluster.leaving import leave_politely
from grader.cluster.tls import refuse_open_key
from grader.cluster.worker import WarmPlugin
from grader.course.location import cache_home
from grader.sandbox.paths import libraries

_TLS = "--protocol tls --tls-ca-file CA --tls-cert CERT --tls-key KEY (docs/scale.md)"


async def dask_setup(node: Any) -> None:
    """Called by Dask. Ends the process when it was started in a way that is unsafe."""
    _refuse_open_doors(node)
    if isinstance(node, Scheduler):
        return
    _refuse_company(node)
    _refuse_key_in_reach(node)
    await node.plugin_add(WarmPlugin())
    leave_politely(node)


def _refuse_open_doors(node: Any) -> None:
    for listener in node.listeners:
        scheme, _, rest = listener.listen_address.partition("://")
        if scheme != "tls" and not is_loopback(_host(rest)):
            _end(
                f"it listens at {listener.listen_address}, where other machines could have any "
                f"code run. Start it with {_TLS}, or with --host 127.0.0.1"
            )
    for address in _pages(node):
        if not is_loopback(address):
            _end(
                f"its pages are open to other machines, at {address}. Start it with "
                "--dashboard-address 127.0.0.1:0"
            )


def _pages(node: Any) -> tuple[str, ...]:
    """The addresses at which its HTTP server listens."""
    sockets = getattr(node.http_server, "_sockets", {})
    return tuple(str(one.getsockname()[0]) for one in sockets.values())


def _refuse_company(worker: Any) -> None:
    """One job at a time, since what one job's children do must not meet another's; and no nanny:
    it would start another worker in a dead one's place, unseen by Slurm or Kubernetes, whose work
    that is, and would give one that is told to end no time to finish its job."""
    if worker.state.nthreads != 1:
        _end("it runs several jobs at once. Start it with --nthreads 1, once for each core")
    if worker.nanny:
        _end("it has a nanny. Start it with --no-nanny")


def _refuse_key_in_reach(worker: Any) -> None:
    """Students' code reads the libraries and the course cache: a key has no place there."""
    key = worker.security.tls_worker_key
    if not key or "\n" in key:  # none, or one that is in memory alone
        return
    try:
        refuse_open_key(Path(key))
    except ClusterError as error:
        _end(str(error))
    where = Path(key).resolve()
    for tree in libraries(cache_home()):
        if where.is_relative_to(Path(tree).resolve()):
            _end(f"its TLS key {key} lies in {tree}, which students' code reads: move it away")


def _host(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")


def _end(why: str) -> NoReturn:
    sys.exit(f"grader: this process of the cluster ends: {why}")
