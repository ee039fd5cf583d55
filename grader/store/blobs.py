"""Bytes that are kept once, however often they came: by their content.

In: bytes of one kind (a manifest, a value, a text). Out: their name, the SHA-256 of kind and
content; and the form they are stored in, packed where that makes them smaller. The kind is part of
the content, so that nothing a student prints is ever taken for a manifest.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import NamedTuple

MANIFEST, VALUE, TEXT = b"m", b"v", b"t"
_PLAIN, _PACKED = b"\0", b"\1"
_WORTH = 100  # bytes below which packing gains nothing
_LEVEL = 1  # half the size of JSON for a tenth of the time of level 6; tensors hardly shrink at any


class BlobError(ValueError):
    """The bytes are not those that were stored under that name."""


class Blob(NamedTuple):
    """Content that begins with its kind, and its name: SHA-256 in hex."""

    name: str
    content: bytes


def blob(kind: bytes, data: bytes) -> Blob:
    content = kind + data
    return Blob(hashlib.sha256(content).hexdigest(), content)


def shrunk(data: bytes) -> bytes:
    """The form that is stored: packed if that makes it smaller by a tenth."""
    if len(data) >= _WORTH:
        small = zlib.compress(data, _LEVEL)
        if len(small) * 10 < len(data) * 9:
            return _PACKED + small
    return _PLAIN + data


def grown(stored: bytes) -> bytes:
    """The data again. Raises ``BlobError``."""
    if stored[:1] == _PLAIN:
        return stored[1:]
    try:
        return zlib.decompress(stored[1:])
    except zlib.error as error:
        raise BlobError(f"stored bytes are damaged: {error}") from None


def content_of(name: str, kind: bytes, stored: bytes) -> bytes:
    """The data of a blob, without its kind, and proven: it has that name. Raises ``BlobError``."""
    content = grown(stored)
    if hashlib.sha256(content).hexdigest() != name or content[:1] != kind:
        raise BlobError(
            f"the stored bytes {name[:12]} are damaged: they are not what their name says"
        )
    return content[1:]
