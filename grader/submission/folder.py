"""Reading a folder or a lone file from disk, where anything may lie.

In: a path. Out: the source files, read into memory. No link below the path is followed and
nothing but regular files is opened, so that a planted link, FIFO or device costs only itself. On
Windows, where nothing is opened relative to a folder, a link is looked for before it is opened: a
student checks own work there, and plants none.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import islice
from operator import or_
from pathlib import Path
from typing import TypeAlias

from grader.submission.entries import Entry, Found, is_archive, is_ignored, is_source
from grader.submission.limits import DEPTH, MEMBERS, TOTAL_BYTES, allowed_bytes
from grader.submission.names import shown

Folder: TypeAlias = int | Path  # an open folder; a path where no descriptor stands for one

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd


def _flags(*names: str) -> int:
    """Those that the platform has, taken together."""
    return reduce(or_, (getattr(os, name, 0) for name in names), os.O_RDONLY)


_FILE = _flags("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
_FOLDER = _flags("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")


class RefusedError(Exception):
    """A file is not to be opened. Its text goes on after the file's name."""


class TooLargeError(Exception):
    """A file holds more than it may. Its text goes on after the file's name."""


def read_file(name: str | Path, limit: int, folder: Folder | None = None) -> tuple[bytes, float]:
    """Content and time of change of a regular file, its name taken relative to ``folder``.

    Raises RefusedError for links and devices, TooLargeError above ``limit`` bytes, and OSError.
    """
    # Looked at before it is opened, since opening alone can set a device to work.
    _refuse_odd(_status(name, folder), folder)
    with open(_open(name, _FILE, folder), "rb") as stream:
        status = os.fstat(stream.fileno())
        _refuse_odd(status, folder)
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"is larger than {limit >> 20} MiB")
    return data, status.st_mtime


def _status(name: str | Path, folder: Folder | None) -> os.stat_result:
    if isinstance(folder, Path):
        return (folder / name).lstat()
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _open(name: str | Path, flags: int, folder: Folder | None) -> int:
    if isinstance(folder, Path):
        return os.open(folder / name, flags)
    return os.open(name, flags, dir_fd=folder)


def _refuse_odd(status: os.stat_result, folder: Folder | None) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise RefusedError("is a link")
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError("is not a regular file")
    # A second name for somebody else's file would make the grader read it out to a student.
    if status.st_nlink > 1 and status.st_uid != _owner(folder, status.st_uid):
        raise RefusedError("is a hard link to another user's file")


def _owner(folder: Folder | None, else_: int) -> int:
    if folder is None:
        return else_
    return (folder.stat() if isinstance(folder, Path) else os.fstat(folder)).st_uid


@contextmanager
def _opened(name: str | Path, folder: Folder | None = None) -> Iterator[Folder]:
    if not _BY_DESCRIPTOR:
        yield folder / name if isinstance(folder, Path) else Path(name)
        return
    descriptor = _open(name, _FOLDER, folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class _Walk:
    """What one walk has found so far, and what it may still take."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.notes: list[str] = []
        self.archives: list[str] = []
        self.names_left = MEMBERS
        self.bytes_left = TOTAL_BYTES

    def pass_over(self, parts: tuple[str, ...], why: str) -> None:
        self.notes.append(f"{shown(parts)} {why}, and was passed over")

    def folder(self, folder: Folder, parts: tuple[str, ...]) -> None:
        """Takes in a folder. Files first: the bounds must not cut off what lies at the top."""
        for inner in [path for path in self._paths(folder, parts) if self._is_folder(folder, path)]:
            try:
                with _opened(inner[-1], folder) as below:
                    self.folder(below, inner)
            except OSError as error:
                self.pass_over(inner, f"cannot be opened ({error.strerror})")

    def _paths(self, folder: Folder, parts: tuple[str, ...]) -> list[tuple[str, ...]]:
        with os.scandir(folder) as scan:
            names = [item.name for item in islice(scan, self.names_left + 1)]
        if len(names) > self.names_left:
            where = shown(parts) or "the folder"
            self.notes.append(f"{where} holds too many files: only some of them were looked at")
            names.pop()
        self.names_left -= len(names)
        paths = [(*parts, name) for name in sorted(names)]
        return [path for path in paths if not is_ignored(path)]

    def _is_folder(self, folder: Folder, parts: tuple[str, ...]) -> bool:
        """Whether it is a folder. Any other file is taken in at once."""
        try:
            mode = _status(parts[-1], folder).st_mode
            if stat.S_ISDIR(mode):
                return len(parts) < DEPTH
            self._file(folder, parts, mode)
        except RefusedError as error:
            self.pass_over(parts, str(error))
        except OSError as error:
            self.pass_over(parts, f"cannot be read ({error.strerror})")
        return False

    def _file(self, folder: Folder, parts: tuple[str, ...], mode: int) -> None:
        if is_source(parts[-1]):
            self.entries.append(self._source(folder, parts))
        elif not stat.S_ISREG(mode):
            raise RefusedError("is a link" if stat.S_ISLNK(mode) else "is not a regular file")
        elif is_archive(parts[-1]) and len(parts) == 1:
            self.archives.append(parts[-1])

    def _source(self, folder: Folder, parts: tuple[str, ...]) -> Entry:
        try:
            data, modified = read_file(parts[-1], allowed_bytes(parts[-1]), folder)
        except TooLargeError as error:
            return Entry(parts, problem=str(error))
        except PermissionError:
            return Entry(parts, problem="may not be read by the grader")
        self.bytes_left -= len(data)
        if self.bytes_left < 0:
            raise RefusedError(
                f"is beyond the {TOTAL_BYTES >> 20} MiB that are read of one submission"
            )
        return Entry(parts, modified, data)


def read_folder(path: Path) -> Found:
    """All source files under a folder, and the names of the archives directly in it."""
    walk = _Walk()
    with _opened(path) as folder:
        walk.folder(folder, ())
    return Found(tuple(walk.entries), tuple(walk.notes), archives=tuple(walk.archives))
