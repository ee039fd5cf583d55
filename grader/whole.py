"""Files that are there whole or not at all, whenever the process is killed.

In: a path and its bytes, at once or piece by piece. Out: the file.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def write_whole(file: Path, data: bytes, mode: int = 0o666) -> None:
    """Writes beside the file first, then renames. ``mode`` is narrowed by the user's umask."""
    write_pieces(file, (data,), mode)


def write_pieces(file: Path, pieces: Iterable[bytes], mode: int = 0o666) -> None:
    """The same, of pieces that come one after another. What making a piece raises leaves the file
    as it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{secrets.token_hex(6)}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            for piece in pieces:
                out.write(piece)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
