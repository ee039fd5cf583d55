"""Bounds on what a hand-in may hold. Sizes in bytes. In: nothing. Out: constants."""

from __future__ import annotations

from typing import Final

SOURCE_BYTES: Final = 2 << 20
# A notebook carries its pictures: a grid of attention plots alone is a few MiB.
NOTEBOOK_BYTES: Final = 16 << 20
CELL_BYTES: Final = 256 << 10
TOTAL_BYTES: Final = 64 << 20

MEMBERS: Final = 2_000
DEPTH: Final = 6
LINES: Final = 100_000
NOTEBOOK_LINES: Final = 20_000  # of code, in all cells
CELLS: Final = 5_000
NOTES: Final = 20
NAME_CHARACTERS: Final = 100
NAME_BYTES: Final = 200  # file systems count bytes, and stop at 255

SOLUTION: Final = "solution"
SOURCE_SUFFIXES: Final = (".py", ".ipynb")
ARCHIVE_SUFFIXES: Final = (
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".zip",
    ".tar",
    ".tgz",
    ".tbz2",
    ".tbz",
    ".txz",
)


def allowed_bytes(file_name: str) -> int:
    """The largest size of one source file, by its suffix."""
    return NOTEBOOK_BYTES if file_name.lower().endswith(".ipynb") else SOURCE_BYTES


def too_large(file_name: str) -> str:
    """Why a source file above the allowed size is not read: goes on after its name."""
    return f"is larger than {allowed_bytes(file_name) >> 20} MiB"
