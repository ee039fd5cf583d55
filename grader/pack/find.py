"""Where the pack is. In: the folder that a student works in. Out: a file, and its bytes."""

from __future__ import annotations

from pathlib import Path

from grader.pack.errors import PackError, unusable
from grader.pack.limits import PACK_BYTES

FILE = "grader.pack"


def find_pack(folder: Path) -> Path | None:
    """The pack of the nearest folder upwards that holds one."""
    here = folder.resolve()
    return next((one / FILE for one in (here, *here.parents) if (one / FILE).is_file()), None)


def read_pack(file: Path) -> bytes:
    """The file's bytes. Raises ``PackError`` when it cannot be read or is too large to be one."""
    try:
        with file.open("rb") as stream:
            data = stream.read(PACK_BYTES + 1)
    except OSError as error:
        raise PackError(f"the pack {file} cannot be read: {error.strerror}.") from None
    if len(data) > PACK_BYTES:
        raise unusable(f"{file} is larger than a pack can be")
    return data
