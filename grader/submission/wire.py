"""Messages between the grader and its reading process: a JSON header, and bytes beside it.

In: a connection. Out: one message at a time, its lengths checked before anything is allocated.
"""

from __future__ import annotations

import json
import struct
import time
from typing import Any, Final, Protocol

from grader.submission.limits import TOTAL_BYTES

HEADER_BYTES: Final = 32 << 20
# A last member may take the total over its bound before that is noticed.
PAYLOAD_BYTES: Final = 2 * TOTAL_BYTES
_LENGTHS = struct.Struct(">QQ")


class Connection(Protocol):
    """What is used of a socket, which ``portable.pipes.Pipes`` is as well."""

    def sendall(self, data: bytes, /) -> None: ...

    def recv(self, most: int, /) -> bytes: ...

    def settimeout(self, seconds: float | None, /) -> None: ...

    def close(self) -> None: ...


class DisconnectedError(Exception):
    """The other side is gone, silent for too long, or talks nonsense."""


def send(connection: Connection, header: dict[str, Any], payload: bytes = b"") -> None:
    """Sends one message; the socket's own time limit applies. Raises OSError."""
    text = json.dumps(header).encode("ascii")
    connection.sendall(_LENGTHS.pack(len(text), len(payload)) + text)
    connection.sendall(payload)


def receive(connection: Connection, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
    """One message. ``deadline`` is a time of ``time.monotonic``. Raises DisconnectedError."""
    header_bytes, payload_bytes = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, deadline))
    if header_bytes > HEADER_BYTES or payload_bytes > PAYLOAD_BYTES:
        raise DisconnectedError("a message is too long")
    try:
        header = json.loads(_exactly(connection, header_bytes, deadline))
    except (ValueError, RecursionError) as error:
        raise DisconnectedError("a message is no JSON") from error
    if not isinstance(header, dict):
        raise DisconnectedError("a message has no header")
    return header, _exactly(connection, payload_bytes, deadline)


def _exactly(connection: Connection, count: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < count:
        if deadline is not None:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            chunk = connection.recv(min(count - len(received), 1 << 20))
        except OSError as error:  # a time-out too
            raise DisconnectedError(str(error)) from error
        if not chunk:
            raise DisconnectedError("the other side closed")
        received += chunk
    return bytes(received)
