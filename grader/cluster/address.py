"""Where a cluster is. In: what a person wrote. Out: an ``Address``, unless it would be unsafe.

Whoever reaches a scheduler can have any code run on all machines of its cluster, and on the one
that asks it. So without TLS, which asks both sides for a certificate, only this very machine may
reach it. Nothing is connected to, or even looked up, before that is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from grader.cluster.errors import ClusterError

SLURM = "slurm"


@dataclass(frozen=True, slots=True)
class Address:
    """``kind`` is ``tcp``, ``tls`` or ``slurm``; ``url`` is empty for the last."""

    kind: str
    url: str = ""


def address_of(where: str) -> Address:
    """``tcp://HOST:PORT``, ``tls://HOST:PORT`` or ``slurm``.

    Raises ``ClusterError`` for anything else, and for plain TCP to another machine.
    """
    if where == SLURM:
        return Address(SLURM)
    kind, host = _parts(where)
    if kind == "tcp" and not is_loopback(host):
        raise ClusterError(
            f"{where} is another machine, and tcp:// has neither encryption nor certificates: "
            "whoever reaches the scheduler can run any code on all machines of the cluster, and on "
            "this one. Start the scheduler and the workers with TLS and say tls:// "
            "(docs/scale.md); tcp:// is for 127.0.0.1 alone."
        )
    return Address(kind, where)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine alone, told by its name without looking it up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parts(where: str) -> tuple[str, str]:
    try:
        url = urlsplit(where)
        port = url.port
    except ValueError:
        raise _unknown(where) from None
    known = url.scheme in ("tcp", "tls") and url.hostname and port
    if not known or url.path or url.query or url.fragment or url.username is not None:
        raise _unknown(where)
    return url.scheme, str(url.hostname)


def _unknown(where: str) -> ClusterError:
    return ClusterError(
        f"{where!r} is no cluster: it is tls://HOST:PORT, tcp://127.0.0.1:PORT or {SLURM}"
    )
