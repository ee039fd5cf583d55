"""Opening what was handed in: a lone file, a folder or an archive.

In: a path. Out: its source files, or the problem in a sentence. Nothing here raises on a hand-in.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.submission.entries import Entry, Found, is_source
from grader.submission.folder import RefusedError, TooLargeError, read_file, read_folder
from grader.submission.limits import TOTAL_BYTES, allowed_bytes
from grader.submission.names import without_suffix
from grader.submission.reader import Reader


def opened(path: Path, reader: Reader) -> Found:
    """The source files at ``path``. No link is followed, ``path`` itself included."""
    try:
        if path.is_dir() and not path.is_symlink():
            return _folder(path, reader)
        return _file(path) if is_source(path.name) else _archive(path, reader)
    except (RefusedError, TooLargeError) as refusal:
        return Found(problem=f"it {refusal}.")
    except OSError as error:
        return Found(problem=f"it cannot be read ({error.strerror}).")
    except ValueError:
        return Found(problem="it has a name that no file can have.")


def _folder(path: Path, reader: Reader) -> Found:
    """A folder's files. Of one that holds but an archive, as Moodle makes them, the archive's."""
    found = replace(read_folder(path), holder=path.name)
    if found.entries or len(found.archives) != 1:
        return found
    packed = _archive(path / found.archives[0], reader)
    return replace(packed, notes=found.notes + packed.notes)


def _file(path: Path) -> Found:
    data, modified = read_file(path, allowed_bytes(path.name))
    return Found((Entry((path.name,), modified, data),), holder=path.parent.name)


def _archive(path: Path, reader: Reader) -> Found:
    found = reader.archive(read_file(path, TOTAL_BYTES)[0])
    return replace(found, holder=without_suffix(path.name))
