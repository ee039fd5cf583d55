"""Reading a folder or a lone file from disk, where anything may lie.

In: a path. Out: the source files, read into memory. No link below the path is followed and
nothing but regular files is opened, so that a planted link, FIFO or device costs only itself.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from grader.submission.entries import Entry, Found, is_archive, is_ignored, is_source
from grader.submission.limits import DEPTH, MEMBERS, TOTAL_BYTES, allowed_bytes
from grader.submission.names import shown

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class RefusedError(Exception):
    """A file is not to be opened. Its text goes on after the file's name."""


class TooLargeError(Exception):
    """A file holds more than it may. Its text goes on after the file's name."""


def read_file(name: str | Path, limit: int, folder: int | None = None) -> tuple[bytes, float]:
    """Content and time of change of a regular file, its name taken relative to ``folder``.

    Raises RefusedError for links and devices, TooLargeError above ``limit`` bytes, and OSError.
    """
    # Looked at before it is opened, since opening alone can set a device to work.
    _refuse_odd(os.stat(name, dir_fd=folder, follow_symlinks=False), folder)
    with open(os.open(name, _FILE, dir_fd=folder), "rb") as stream:
        status = os.fstat(stream.fileno())
        _refuse_odd(status, folder)
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"is larger than {limit >> 20} MiB")
    return data, status.st_mtime


def _refuse_odd(status: os.stat_result, folder: int | None) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise RefusedError("is a link")
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError("is not a regular file")
    # A second name for somebody else's file would make the grader read it out to a student.
    owner = status.st_uid if folder is None else os.fstat(folder).st_uid
    if status.st_nlink > 1 and status.st_uid != owner:
        raise RefusedError("is a hard link to another user's file")


@contextmanager
def _opened(name: str | Path, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(name, _FOLDER, dir_fd=folder)
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

    def folder(self, descriptor: int, parts: tuple[str, ...]) -> None:
        """Takes in a folder. Files first: the bounds must not cut off what lies at the top."""
        for inner in [
            path for path in self._paths(descriptor, parts) if self._is_folder(descriptor, path)
        ]:
            try:
                with _opened(inner[-1], descriptor) as below:
                    self.folder(below, inner)
            except OSError as error:
                self.pass_over(inner, f"cannot be opened ({error.strerror})")

    def _paths(self, descriptor: int, parts: tuple[str, ...]) -> list[tuple[str, ...]]:
        with os.scandir(descriptor) as scan:
            names = [item.name for item in islice(scan, self.names_left + 1)]
        if len(names) > self.names_left:
            where = shown(parts) or "the folder"
            self.notes.append(f"{where} holds too many files: only some of them were looked at")
            names.pop()
        self.names_left -= len(names)
        paths = [(*parts, name) for name in sorted(names)]
        return [path for path in paths if not is_ignored(path)]

    def _is_folder(self, descriptor: int, parts: tuple[str, ...]) -> bool:
        """Whether it is a folder. Any other file is taken in at once."""
        try:
            mode = os.stat(parts[-1], dir_fd=descriptor, follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                return len(parts) < DEPTH
            self._file(descriptor, parts, mode)
        except RefusedError as error:
            self.pass_over(parts, str(error))
        except OSError as error:
            self.pass_over(parts, f"cannot be read ({error.strerror})")
        return False

    def _file(self, descriptor: int, parts: tuple[str, ...], mode: int) -> None:
        if is_source(parts[-1]):
            self.entries.append(self._source(descriptor, parts))
        elif not stat.S_ISREG(mode):
            raise RefusedError("is a link" if stat.S_ISLNK(mode) else "is not a regular file")
        elif is_archive(parts[-1]) and len(parts) == 1:
            self.archives.append(parts[-1])

    def _source(self, descriptor: int, parts: tuple[str, ...]) -> Entry:
        try:
            data, modified = read_file(parts[-1], allowed_bytes(parts[-1]), descriptor)
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
    with _opened(path) as descriptor:
        walk.folder(descriptor, ())
    return Found(tuple(walk.entries), tuple(walk.notes), archives=tuple(walk.archives))
