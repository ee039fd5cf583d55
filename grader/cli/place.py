"""Where the store of a class lies. In: the folder of its results. Out: a path or URL."""

from __future__ import annotations

from pathlib import Path

STORE = "store.sqlite3"


def store_place(folder: Path, where: str = "") -> str:
    """A URL or file, as it was named, or by default a file in the folder."""
    return where or str(folder / STORE)


def is_new(place: str) -> bool:
    """Whether it is a file that is not there yet. Of a server's nothing is known here."""
    return "://" not in place and not Path(place).exists()
