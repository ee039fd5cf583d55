"""The certificates of a cluster. In: files that were named, or Dask's settings. Out: a Dask
``Security`` that demands TLS.

One certificate authority of the cluster's own signs every certificate: Dask asks for no more than
that (any certificate of it may be a worker, a scheduler or a client), so it must sign nothing else.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.cluster.errors import ClusterError

_SETTING = "distributed.comm.tls"
_OTHERS = stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: whom to believe, who we are, and the key of it. What is ``None`` comes from
    Dask's settings (``distributed.comm.tls``, also as environment variables)."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


def security_of(given: Certificates) -> Any:
    """For a client. Raises ``ClusterError`` when a file is missing, or a key is open to others."""
    found = {
        "tls_ca_file": _file(given.ca, "--tls-ca", "ca-file"),
        "tls_client_cert": _file(given.cert, "--tls-cert", "client.cert"),
        "tls_client_key": _file(given.key, "--tls-key", "client.key"),
    }
    refuse_open_key(Path(found["tls_client_key"]))
    return _security(found)


def security_of_all(given: Certificates, folder: Path) -> Any:
    """For a scheduler of ours, its workers and its client: one certificate for all three. Without
    any, one that is made now, in files below ``folder``. Raises ``ClusterError``."""
    if given == Certificates() and not _setting("ca-file"):
        given = _made_now(folder)
    found = security_of(given)
    roles = ("client", "scheduler", "worker")
    return _security(
        {
            "tls_ca_file": found.tls_ca_file,
            **{f"tls_{role}_cert": found.tls_client_cert for role in roles},
            **{f"tls_{role}_key": found.tls_client_key for role in roles},
        }
    )


def _made_now(folder: Path) -> Certificates:
    """A certificate that signs itself, good for a year, and is its own authority."""
    from distributed import Security

    made = Security.temporary()
    files = Certificates(folder / "cert.pem", folder / "cert.pem", folder / "key.pem")
    for file, text in ((files.cert, made.tls_client_cert), (files.key, made.tls_client_key)):
        if file is not None:
            file.touch(0o600)
            file.write_text(text, encoding="ascii")
    return files


def refuse_open_key(key: Path) -> None:
    """A key that every user of the machine may read is no secret. Raises ``ClusterError``."""
    if key.stat().st_mode & _OTHERS:
        raise ClusterError(f"the TLS key {key} is open to every user: chmod 600 {key}")


def _security(files: dict[str, str]) -> Any:
    from distributed import Security

    return Security(require_encryption=True, **files)


def _file(given: Path | None, option: str, setting: str) -> str:
    named = given or _setting(setting)
    if not named:
        raise ClusterError(
            f"tls:// needs certificates, and there is no {option} (nor {_SETTING}.{setting} in "
            "Dask's settings). docs/scale.md tells how to make them."
        )
    path = Path(named).expanduser()
    if not path.is_file():
        raise ClusterError(f"{path} ({option}) is no file")
    return str(path)


def _setting(name: str) -> Any:
    import dask

    return dask.config.get(f"{_SETTING}.{name}", None)
