"""Values that come in sealed memory files, which nobody can change any more. Linux only.

In: a descriptor from the channel. Out: the bytes.
"""

from __future__ import annotations

import fcntl
import os

from grader.worker.decode import FrameError
from grader.worker.limits import HEADER_ROOM

_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def read_sealed(descriptor: int, limit: int) -> bytes:
    """The bytes of a sealed memory file, at most ``limit`` and the room a header takes.

    Raises ``FrameError`` when it is not sealed (its owner could still change it) or too large.
    """
    try:
        seals = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)
    except OSError:
        raise FrameError("the result is not a memory file") from None
    if seals & _SEALS != _SEALS:
        raise FrameError("the result is not sealed")
    size = os.fstat(descriptor).st_size
    if size > limit + HEADER_ROOM:
        raise FrameError(f"the result has {size} bytes")
    return os.pread(descriptor, size, 0)
