"""Files that are there whole or not at all, whenever the process is killed.

In: a path and its bytes, at once or piece by piece. Out: the file.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PART = re.compile(r"\.(\d+)-[0-9a-f]{12}\.part")


def write_whole(file: Path, data: bytes, mode: int = 0o666) -> None:
    """Writes beside the file first, then renames. ``mode`` is narrowed by the user's umask."""
    write_pieces(file, (data,), mode)


def write_pieces(file: Path, pieces: Iterable[bytes], mode: int = 0o666) -> None:
    """The same, of pieces that come one after another. What making a piece raises leaves the file
    as it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{os.getpid()}-{secrets.token_hex(6)}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            for piece in pieces:
                out.write(piece)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Removes what processes that were killed left half-written in a folder, if it is there."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            found = _PART.fullmatch(entry.name)
            if found and not _runs(int(found[1])):
                Path(entry.path).unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    """Whether the process is there; where the platform cannot be asked, it might be."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
