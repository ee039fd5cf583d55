"""A Python file as text. It is decoded, never parsed: syntax errors are the child's to report.

In: the file's bytes. Out: a ``Source`` with one ``Place`` a line, or the problem in a sentence.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from grader.model import Place, Source
from grader.submission.limits import LINES

# PEP 263: the declaration stands in a comment of the first or second line.
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Codecs of text. Python has others that unpack, escape or take quadratic time.
_TEXT_CODEC = re.compile(
    r"ascii|utf-8(-sig)?|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb2312|gbk|gb18030|big5(hkscs)?|"
    r"euc_\w+|shift_jis\w*|tis-620|johab|hz|ptcp154|kz1048"
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_USUAL = 500  # lines of a file whose places are worth keeping
_SAVE = "Save it as UTF-8 and hand it in again."


def read_python(topic: str, file: str, data: bytes) -> Source:
    """The text of a ``.py`` file, its line endings made ``\\n``."""
    try:
        text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    except ValueError as problem:
        return Source(topic, file, problem=f"{file} {problem}")
    lines = text.count("\n") + (not text.endswith("\n") and text != "")
    if lines > LINES:
        return Source(topic, file, problem=f"{file} has more than {LINES:,} lines.")
    places = _kept_places if lines <= _USUAL else _places
    return Source(topic, file, text, places(file, lines))


def _places(file: str, lines: int) -> tuple[Place, ...]:
    return tuple(Place(file, number) for number in range(1, lines + 1))


# A class's files have the same names, and lengths that recur.
_kept_places = lru_cache(maxsize=512)(_places)


def decoded(data: bytes) -> str:
    """The text of Python source, by the rules of Python itself.

    Raises ValueError with the end of a sentence that starts with the file's name.
    """
    if data.startswith(_UTF_16):
        raise ValueError(f"is saved as UTF-16, which Python does not read. {_SAVE}")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise ValueError(f"holds a NUL byte in line {line}: it is no text file. {_SAVE}")
    body = data.removeprefix(codecs.BOM_UTF8)
    encoding = _declared(body)
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(_undecodable(data, error, len(data) - len(body), encoding)) from None


def _declared(body: bytes) -> str:
    for line in body.split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line):
            return _codec(found[1].decode("ascii", "replace"))
        if not _BLANK.match(line.rstrip(b"\r")):
            break
    return "utf-8"


def _codec(name: str) -> str:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if not _TEXT_CODEC.fullmatch(known):
        raise ValueError(f"declares the encoding {name[:40]!r}, which is none for text. {_SAVE}")
    return known


def _undecodable(data: bytes, error: UnicodeDecodeError, shift: int, encoding: str) -> str:
    offset = error.start + shift
    line = data.count(b"\n", 0, offset) + 1
    column = offset - (data.rfind(b"\n", 0, offset) + 1) + 1
    return (
        f"is not {encoding.upper()}: byte 0x{data[offset]:02X} at line {line}, column {column} "
        f"(offset {offset}). {_SAVE}"
    )
