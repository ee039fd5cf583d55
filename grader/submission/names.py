"""Names that strangers chose, made fit to be shown and to name folders.

In: file names of any kind, as the operating system or an archive gave them.
Out: text without control characters, tricks of direction or separators.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count

from grader.submission.limits import (
    ARCHIVE_SUFFIXES,
    NAME_BYTES,
    NAME_CHARACTERS,
    NOTES,
    SOURCE_SUFFIXES,
)

# Cc control, Cf invisible and bidirectional marks, Cs lone surrogates (undecodable bytes),
# Co and Cn no character at all, Zl and Zp line breaks.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SEPARATORS = re.compile(r'[/\\:*?"<>|]')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
# A folder of this name could stand where the results want to write a file.
_RESULT_FILE = re.compile(r"(?i).*\.(html?|jsonl?|csv|xml|js|css|zip|db|sqlite3?|log|txt|lock|tmp)")
_SHOWN_CHARACTERS = 160
_NOTE_CHARACTERS = 500


def visible(text: str) -> str:
    """The text in NFC, without characters that nobody can see or that change how others look."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(c for c in normal if unicodedata.category(c) not in _INVISIBLE)


def shown(parts: Iterable[str]) -> str:
    """A path for people to read, of bounded length."""
    path = "/".join(visible(part) or "?" for part in parts)
    return path if len(path) <= _SHOWN_CHARACTERS else f"...{path[3 - _SHOWN_CHARACTERS :]}"


def readable(notes: Sequence[str]) -> tuple[str, ...]:
    """Notes that quote from a hand-in, fit to be shown, and not too many of them."""
    more = [f"and {len(notes) - NOTES} more of this kind"] if len(notes) > NOTES else []
    return tuple(visible(note)[:_NOTE_CHARACTERS] for note in (*notes[:NOTES], *more))


def _cut(text: str, reserve: int = 0) -> str:
    text = text[: NAME_CHARACTERS - reserve]
    return text.encode()[: NAME_BYTES - reserve].decode(errors="ignore").rstrip(". ")


def safe_name(text: str) -> str:
    """A folder name that keeps as much of ``text`` as is safe on any file system."""
    name = " ".join(_SEPARATORS.sub("_", visible(text)).split()).lstrip(". ")
    name = _cut(f"_{name[1:]}" if name.startswith("-") else name)
    if _DEVICE.fullmatch(name) or _RESULT_FILE.fullmatch(name):
        name = f"{_cut(name, reserve=1)}_"
    return name or "submission"


def unique_name(text: str, taken: set[str]) -> str:
    """``safe_name(text)``, numbered if ``taken`` has it in any mix of cases, and added there."""
    name = plain = safe_name(text)
    numbered = (f"{_cut(plain, reserve=8)} ({n})" for n in count(2))
    while name.casefold() in taken:
        name = next(numbered)
    taken.add(name.casefold())
    return name


def without_suffix(file_name: str) -> str:
    """``ada`` for ``ada.tar.gz``, ``ada.zip`` and ``ada.py``; other names as they are."""
    lower = file_name.lower()
    known = (*ARCHIVE_SUFFIXES, *SOURCE_SUFFIXES)
    return next((file_name[: -len(end)] for end in known if lower.endswith(end)), file_name)
