"""A folder for one child to write in, watched for bytes and entries, removed afterwards.

In: the uid that may write there. Out: a path, and its size when asked. Nothing in it is ever
opened by the grader: it is only counted and removed.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_IN_USE: set[Path] = set()


@dataclass(frozen=True, slots=True)
class Usage:
    """What lies below a folder: ``size`` in bytes on disk, ``entries`` files and folders."""

    size: int = 0
    entries: int = 0


@contextmanager
def scratch_folder(uid: int | None) -> Iterator[Path]:
    """A new empty folder that only ``uid`` may enter; gone when the block ends."""
    # The outer folder may be passed through but not listed, so that a child of another user
    # reaches its own folder and no other.
    outer = Path(tempfile.mkdtemp(prefix="grader-"))
    _IN_USE.add(outer)
    outer.chmod(0o711)
    folder = outer / "scratch"
    folder.mkdir(mode=0o700)
    if uid is not None:
        os.chown(folder, uid, uid)
    try:
        yield folder
    finally:
        remove(outer)
        _IN_USE.discard(outer)


@atexit.register
def _remove_all() -> None:
    """What is still in use when the grader is stopped: its slots have no time to tidy up."""
    for folder in tuple(_IN_USE):
        remove(folder)


def remove(folder: Path) -> None:
    """Removes a folder whatever its modes: a child may have taken its own rights away."""
    for parent, names, _ in os.walk(folder, followlinks=False):
        for name in names:
            path = Path(parent, name)
            with suppress(FileNotFoundError):  # whoever made it may still be at work
                if not path.is_symlink():
                    path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def usage(folder: Path, most_entries: int) -> Usage:
    """What lies below ``folder``; stops counting past ``most_entries``."""
    size = entries = 0
    waiting = [folder]
    while waiting and entries <= most_entries:
        for entry in _entries(waiting.pop()):
            entries += 1
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # removed meanwhile: it takes no room any more
            size += _room(status)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
    return Usage(size, entries)


def _room(status: os.stat_result) -> int:
    """Bytes on disk; on Windows, which does not tell them, bytes of content."""
    blocks = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * 512


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []
