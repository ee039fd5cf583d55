"""Messages with descriptors over a socket pair that keeps message boundaries.

In: a ``SOCK_SEQPACKET`` socket. Out: messages, each with the descriptors that came along. Behind
its JSON a message may hold a small value's frame, after a zero byte, which JSON has none of. Like
what is in sealed memory, nobody can change it any more.
"""

from __future__ import annotations

import array
import socket
from collections.abc import Iterator

from grader.worker.limits import HEADER_BYTES, INLINE_BYTES

_MOST_DESCRIPTORS = 4
# As plain numbers: to put two of Python's flags together takes as long as the call.
_CLOSED_AT_EXEC, _NOW = int(socket.MSG_CMSG_CLOEXEC), int(socket.MSG_DONTWAIT)


def receive(
    channel: socket.socket, flags: int = 0, size: int = HEADER_BYTES
) -> tuple[bytes, list[int]]:
    """One message; ``(b"", [])`` when the far end is closed. Raises ``BlockingIOError`` with
    ``MSG_DONTWAIT`` when there is none."""
    # socket.recv_fds does not pass its flags on in Python 3.11, so the message is taken apart here.
    room = socket.CMSG_SPACE(_MOST_DESCRIPTORS * array.array("i").itemsize)
    data, ancillary, _, _ = channel.recvmsg(size, room, flags | _CLOSED_AT_EXEC)
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    return data, list(descriptors)


def joined(header: bytes, frame: bytes | None) -> bytes | None:
    """One message of both; ``None`` when the frame is too large to travel so."""
    if frame is None:
        return header
    if len(frame) > INLINE_BYTES or len(header) + 1 + len(frame) > HEADER_BYTES:
        return None
    return header + b"\0" + frame


def parted(message: bytes) -> tuple[bytes, bytes | None]:
    """The header, and the frame where there is one."""
    header, mark, frame = message.partition(b"\0")
    return header, frame if mark else None


def waiting(channel: socket.socket) -> Iterator[tuple[bytes, list[int]]]:
    """All messages that are there now; an empty one is the end of the channel."""
    while True:
        try:
            data, descriptors = receive(channel, _NOW)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        yield data, descriptors
        if not data:
            return
