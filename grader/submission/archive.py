"""Reading a zip or tar that may be built to harm. Runs in the reading process only.

In: the archive's bytes. Out: its source files, read into memory. Nothing is ever extracted to
disk, no size that a header states is believed, and an archive inside an archive stays shut.
"""

from __future__ import annotations

import bz2
import calendar
import gzip
import io
import lzma
import math
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from grader.submission.entries import Entry, Found, is_ignored, is_source
from grader.submission.limits import MEMBERS, TOTAL_BYTES, allowed_bytes, too_large
from grader.submission.names import shown

_DAMAGED = (EOFError, OSError, zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError)
_DRIVE = re.compile(r"[A-Za-z]:")
# zipfile hands out bzip2 and LZMA members without a bound; nobody's zip program makes them unasked.
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP_ENTRY = b"PK\x01\x02"
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_BLOCK = 512
_FOREIGN = {b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive"}
_PACK_AGAIN = "Pack your files as a .zip and hand that in."
_TOO_MANY = f"it holds more than {MEMBERS:,} files. Hand in only your solution files."
_TOO_BIG = (
    f"it holds more than {TOTAL_BYTES >> 20} MiB when unpacked. Hand in only your solution files."
)


class UnreadableError(Exception):
    """The archive as a whole cannot be read. Its text ends a sentence that starts with its name."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. ``open`` gives its content; ``trouble`` says why it is refused."""

    name: str
    modified: float
    open: Callable[[], IO[bytes] | None]
    trouble: str = ""


def read_archive(data: bytes) -> Found:
    """The source files of an archive; of two members of one name, the last counts.

    What kind of archive it is, its first bytes say and not its name.
    """
    try:
        if data.startswith(_ZIP_STARTS):
            return _collected(_zip_members(data), TOTAL_BYTES)
        return _collected(_tar_members(_unpacked(data)), TOTAL_BYTES)
    except UnreadableError as trouble:
        return Found(problem=str(trouble))
    except _DAMAGED:
        return Found(problem=f"it is damaged or was cut short. {_PACK_AGAIN}")
    except (ArithmeticError, AttributeError, LookupError, NotImplementedError, ValueError):
        # What the standard library lets slip on headers that nobody's program writes.
        return Found(problem=f"it is no archive that a common program wrote. {_PACK_AGAIN}")


def _zip_members(data: bytes) -> Iterator[Member]:
    if data.count(_ZIP_ENTRY) > MEMBERS:
        raise UnreadableError(_TOO_MANY)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        if any(info.flag_bits & 1 for info in files):
            raise UnreadableError("it is locked with a password. Pack it again without one.")
        for info in files:
            opened = partial(_zip_open, archive, info)
            yield Member(info.filename, _zip_time(info), opened, _zip_trouble(info))


def _zip_trouble(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link" if kind == stat.S_IFLNK else "is not a regular file"
    return ""


def _zip_open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.compress_type not in _ZIP_METHODS:
        raise NotImplementedError
    return archive.open(info)


def _zip_time(info: zipfile.ZipInfo) -> float:
    year, month, *rest = info.date_time
    return float(calendar.timegm((year, min(max(month, 1), 12), *rest)))


def _tar_members(data: bytes) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for count, info in enumerate(archive, 1):
            if count > MEMBERS:
                raise UnreadableError(_TOO_MANY)
            if not info.isdir():
                opened = partial(archive.extractfile, info)
                yield Member(info.name, info.mtime, opened, _tar_trouble(info))
        # tarfile takes a spoilt header for the end; the true end is a block of zeros or nothing.
        if data[archive.offset : archive.offset + _TAR_BLOCK].strip(b"\0"):
            raise tarfile.ReadError("the archive goes on after its end")


def _tar_trouble(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        return "is a link"
    return "" if info.isreg() else "is not a regular file"


def _unpacked(data: bytes) -> bytes:
    """The bytes of the tar itself, at most the allowed total of them."""
    if not data:
        raise UnreadableError("it is empty.")
    if foreign := next((kind for magic, kind in _FOREIGN.items() if data.startswith(magic)), None):
        raise UnreadableError(f"it is {foreign}, which is not read here. {_PACK_AGAIN}")
    with _decompressor(data) as stream:
        plain = stream.read(TOTAL_BYTES + 1)
    if len(plain) > TOTAL_BYTES:
        raise UnreadableError(_TOO_BIG)
    return plain


def _decompressor(data: bytes) -> io.BufferedIOBase:
    stream = io.BytesIO(data)
    if data.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=stream)
    if data.startswith(b"BZh"):
        return bz2.BZ2File(stream)
    return lzma.LZMAFile(stream) if data.startswith(b"\xfd7zXZ") else stream


def _collected(members: Iterator[Member], budget: int) -> Found:
    entries: dict[tuple[str, ...], Entry] = {}
    copies: dict[str, int] = {}
    notes: list[str] = []
    for member in members:
        parts, trouble = _checked(member)
        if trouble:
            notes.append(f"{shown(parts)} {trouble}, and was passed over")
        elif is_source(parts[-1]) and not is_ignored(parts):
            if parts in entries:
                copies[shown(parts)] = copies.get(shown(parts), 1) + 1
            entries[parts] = _read(member, parts)
            budget -= (
                allowed_bytes(parts[-1]) if entries[parts].problem else len(entries[parts].data)
            )
        if budget < 0:
            raise UnreadableError(_TOO_BIG)
    notes += [f"{file} is there {n} times: the last one was read" for file, n in copies.items()]
    return Found(tuple(entries.values()), tuple(notes))


def _checked(member: Member) -> tuple[tuple[str, ...], str]:
    name = member.name.replace("\\", "/")
    steps = tuple(step for step in name.split("/") if step not in ("", "."))
    inside = tuple(step for step in steps if step != "..") or ("?",)
    if name.startswith("/") or _DRIVE.match(name) or ".." in steps:
        return inside, "has a path that leads out of the archive"
    return inside, "" if is_ignored(inside) else member.trouble


def _read(member: Member, parts: tuple[str, ...]) -> Entry:
    modified = member.modified if math.isfinite(member.modified) else 0.0
    limit = allowed_bytes(parts[-1])
    try:
        stream = member.open()
        data = stream.read(limit + 1) if stream else b""
    except NotImplementedError:
        return Entry(
            parts, modified, problem="is packed by an uncommon method: make it a plain .zip"
        )
    except _DAMAGED:
        return Entry(parts, modified, problem="is damaged inside the archive")
    if len(data) > limit:
        return Entry(parts, modified, problem=too_large(parts[-1]))
    return Entry(parts, modified, data)
