"""Workers as jobs of Slurm. In: how many, and Dask's settings (``jobqueue.slurm``). Out: a cluster
whose scheduler runs in this process, and whose workers come and go with Slurm's jobs.

One job is one worker on one core: what Slurm counts is then what is used, and a job that is ended
takes one submission along.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from grader.cluster.connect import hush
from grader.cluster.errors import ClusterError
from grader.cluster.tls import Certificates, security_of_all

_PAGES = "127.0.0.1:0"  # other machines need not see the dashboard
_MEMORY = "6 GB"  # a warm process, and what a submission may take with its scratch folder
_AGAIN = 20.0  # seconds until jobs that have ended are asked for again


@dataclass(slots=True)
class Started:
    """A cluster of Slurm's jobs."""

    cluster: Any
    security: Any
    workers: int
    _asked: float = field(default_factory=monotonic)

    def keep(self) -> None:
        """Asks for new jobs in place of those that have ended, now and then."""
        if monotonic() - self._asked > _AGAIN:
            self._asked = monotonic()
            self.cluster.scale(jobs=self.workers)


@contextmanager
def slurm(workers: int, certificates: Certificates) -> Iterator[Started]:
    """Asks Slurm for so many workers, and cancels their jobs at the end. Raises ``ClusterError``
    when Slurm cannot be asked."""
    from dask_jobqueue import SLURMCluster

    if workers < 1:
        raise ClusterError("say how many workers to ask Slurm for, as in --workers 32")
    hush()
    with _shared_folder() as folder:
        security = security_of_all(certificates, folder)
        cluster = SLURMCluster(**_settings(security))
        try:
            cluster.scale(jobs=workers)
            yield Started(cluster, security, workers)
        finally:
            cluster.close(timeout=30)


def _settings(security: Any) -> dict[str, Any]:
    """What Dask's own settings must not change, and what they lack."""
    import dask

    found = dask.config.get("jobqueue.slurm", {})
    arguments = [*(found.get("worker-extra-args") or [])]
    return {
        "cores": 1,
        "processes": 1,
        "job_cpu": found.get("job-cpu") or 1,
        "memory": found.get("memory") or _MEMORY,
        "nanny": False,
        "protocol": "tls://",
        "security": security,
        "worker_extra_args": [
            *arguments,
            *("--preload", "grader.cluster.preload"),
            *("--dashboard-address", _PAGES, "--no-dashboard"),
        ],
        "scheduler_options": {
            **(found.get("scheduler-options") or {}),
            "dashboard_address": _PAGES,
        },
    }


@contextmanager
def _shared_folder() -> Iterator[Path]:
    """Where the workers find a certificate that was made just now: on a disk that they share with
    this machine, Dask's setting or else the folder worked in. Open to its owner alone."""
    import dask

    named = dask.config.get("jobqueue.slurm.shared-temp-directory", None)
    with tempfile.TemporaryDirectory(prefix=".grader-tls-", dir=named or Path.cwd()) as folder:
        yield Path(folder)
