"""A connection to a scheduler. In: an address. Out: a Dask client, or a sentence that tells what
kept it from coming about."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from grader.cluster.errors import ClusterError

_CLOSING = 5.0
_T = TypeVar("_T")


@contextmanager
def connected(address: Any, security: Any, seconds: float) -> Iterator[Any]:
    """A client of the scheduler at ``address`` (or of a Dask cluster object), which gives up after
    ``seconds``. Raises ``ClusterError``."""
    from distributed import Client

    def connect() -> Any:
        return Client(address, security=security, timeout=seconds, set_as_default=False)

    def connect_or_try_again() -> Any:
        try:
            return connect()
        except AssertionError:
            # Its loop's thread did not come up, which `LoopRunner` asserts. Seen on a busy machine.
            return connect()

    hush()
    try:
        client = bounded(connect_or_try_again, 2 * seconds)
    except (OSError, ValueError) as error:
        raise ClusterError(_why(str(address), error)) from None
    try:
        yield client
    finally:
        client.close(timeout=_CLOSING)


def bounded(act: Callable[[], _T], seconds: float) -> _T:
    """What ``act`` returns or raises. Raises ``TimeoutError`` when it takes longer: Dask waits for
    ever for one who takes connections and says nothing. What it has begun is left to itself."""
    found: Future[_T] = Future()

    def run() -> None:
        try:
            found.set_result(act())
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return found.result(seconds)
    except TimeoutError:
        if found.done():
            raise
        raise TimeoutError(f"it takes connections and says nothing for {seconds:g} s") from None


def hush() -> None:
    """Dask's own log is quiet in this process: what matters is told in sentences."""
    import distributed  # noqa: F401  (its import sets the levels that are changed here)

    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _why(address: str, error: OSError | ValueError) -> str:
    causes = list(_causes(error))
    tls = address.startswith("tls:")
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return (
            f"the scheduler at {address} shows a certificate that the authority of --tls-ca did "
            "not sign: this is another cluster, or --tls-ca is another's"
        )
    # The second is the library's word for one who speaks before the handshake.
    words = ("WRONG_VERSION_NUMBER", "cannot convert to SSL")
    if any(word in str(cause) for cause in causes for word in words):
        return f"the scheduler at {address} speaks no TLS: start it with TLS (docs/scale.md)"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return (
            f"the scheduler at {address} refuses our certificate: --tls-cert must be signed by the "
            "authority that the scheduler was started with"
        )
    # The library tries until its time is over, and may then have forgotten what was the matter.
    nobody = any(isinstance(cause, ConnectionRefusedError) for cause in causes) or _refuses(address)
    if not tls and not nobody and any("closed" in str(cause) for cause in causes):
        return (
            f"whoever listens at {address} closed the connection: most likely a scheduler that "
            "speaks TLS. Say tls:// and name its certificates (docs/scale.md)"
        )
    why = "nobody listens there" if nobody else str(error)
    return f"the scheduler at {address} is not to be reached: {why}. Start it (docs/scale.md)"


def _refuses(address: str) -> bool:
    """Whether nobody listens there, asked directly."""
    try:
        place = urlsplit(address)
        if place.hostname and place.port:  # a cluster of another kind has no address
            socket.create_connection((place.hostname, place.port), _CLOSING).close()
    except ConnectionRefusedError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
