"""Messages with descriptors over a socket pair that keeps message boundaries.

In: a ``SOCK_SEQPACKET`` socket. Out: messages, each with the descriptors that came along.
"""

from __future__ import annotations

import array
import socket
from collections.abc import Iterator

from grader.worker.limits import HEADER_BYTES

_MOST_DESCRIPTORS = 4


def receive(
    channel: socket.socket, flags: int = 0, size: int = HEADER_BYTES
) -> tuple[bytes, list[int]]:
    """One message; ``(b"", [])`` when the far end is closed. Raises ``BlockingIOError`` with
    ``MSG_DONTWAIT`` when there is none."""
    # socket.recv_fds does not pass its flags on in Python 3.11, so the message is taken apart here.
    room = socket.CMSG_SPACE(_MOST_DESCRIPTORS * array.array("i").itemsize)
    data, ancillary, _, _ = channel.recvmsg(size, room, flags | socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    return data, list(descriptors)


def waiting(channel: socket.socket) -> Iterator[tuple[bytes, list[int]]]:
    """All messages that are there now; an empty one is the end of the channel."""
    while True:
        try:
            data, descriptors = receive(channel, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        yield data, descriptors
        if not data:
            return
