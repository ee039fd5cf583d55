"""Messages over pipes, which keep no boundaries: two lengths, a JSON header, bytes beside it.

In: bytes in pieces of any size. Out: one message at a time, its lengths checked before anything of
it is kept. Used on both sides; what comes from a student's process is hostile.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any

from grader.worker.limits import HEADER_BYTES

_LENGTHS = struct.Struct("<IQ")
_dumps = json.dumps  # by reference: whoever runs here later may change the module


class StreamError(ValueError):
    """A length is larger than it may be: nothing that follows can be made sense of."""


def packed(header: dict[str, Any], frame: bytes = b"") -> bytes:
    """One message."""
    text = _dumps(header).encode()
    return _LENGTHS.pack(len(text), len(frame)) + text + frame


@dataclass(slots=True)
class Unpacker:
    """Puts pieces together. ``most`` is how many bytes may lie beside a header."""

    most: int
    _kept: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        self._kept += data

    def take(self) -> tuple[bytes, bytes] | None:
        """The next header and its bytes; ``None`` when there is not all of it. Raises
        ``StreamError``."""
        if len(self._kept) < _LENGTHS.size:
            return None
        text, frame = _LENGTHS.unpack_from(self._kept)
        if text > HEADER_BYTES or frame > self.most:
            raise StreamError(f"a message of {text} and {frame} bytes")
        start, end = _LENGTHS.size + text, _LENGTHS.size + text + frame
        if len(self._kept) < end:
            return None
        found = bytes(self._kept[_LENGTHS.size : start]), bytes(self._kept[start:end])
        del self._kept[:end]
        return found
