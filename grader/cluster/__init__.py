"""More than one machine: runners whose jobs run on the workers of a Dask cluster.

In: where the cluster is, and submissions' jobs. Out: observations, as from any other runner. The
machine that is asked (the coordinator) keeps the reference, the verdicts and all results; a worker
gets one job at a time, as bytes, runs it in the one warm process it has, and gives bytes back.

    ClusterError   the cluster cannot be used, or not any more; the message says what to do

Nothing of Dask is imported before a cluster is opened.
"""

from __future__ import annotations

from grader.cluster.address import Address, address_of
from grader.cluster.cluster import Cluster, Options, open_cluster
from grader.cluster.errors import ClusterError
from grader.cluster.tls import Certificates

__all__ = [
    "Address",
    "Certificates",
    "Cluster",
    "ClusterError",
    "Options",
    "address_of",
    "open_cluster",
]
