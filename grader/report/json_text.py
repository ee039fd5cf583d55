"""JSON that people look at: in a terminal, in a CI job's log, in a diff.

In: plain data, of which strangers wrote a part. Out: JSON text, valid in UTF-8, that a terminal and
a CI service show and do not obey.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from grader.report.text import UNSEEN

_SURROGATE = re.compile("[\ud800-\udfff]")
# Written as \uXXXX, so that the text may be shown in a terminal and in a CI job's log: JSON's own
# escapes stop at 0x1f, and ``##[add-mask]x`` is a command wherever it stands.
_ESCAPED = re.compile(f"[{UNSEEN}\u200c\u200d]|#(?=#[A-Za-z]*\\[)")

# Asked to indent, the encoder goes the slow way.
one_line = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def json_text(data: Any, indent: int) -> str:
    """JSON that a terminal and a CI service show and do not obey; valid in UTF-8."""
    return inert_json(json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)) + "\n"


def laid_out(fields: Mapping[str, Any], last: str, items: Iterable[str], depth: int) -> str:
    """An object, ``depth`` blanks in: a line a field, and then a list of items laid out already."""
    blanks = " " * depth
    lines = [
        f"{blanks} {inert_json(one_line(name))}: {inert_json(one_line(fields[name]))},"
        for name in fields
    ]
    listed = ",\n".join(items)
    listed = f"[\n{listed}\n{blanks} ]" if listed else "[]"
    return "\n".join((f"{blanks}{{", *lines, f'{blanks} "{last}": {listed}', f"{blanks}}}"))


def inert_json(text: str) -> str:
    """JSON text without what UTF-8 cannot hold, and with what would be obeyed written in digits."""
    if text.isascii() and "##" not in text and "\x7f" not in text:
        return text
    if not _utf8(text):
        text = _SURROGATE.sub("\ufffd", text)
    return _ESCAPED.sub(lambda found: _escape(found.group()), text)


def _utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@cache  # a megabyte of them is a few of them, often
def _escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def encodable(value: Any) -> Any:
    """``value`` with lone surrogates, which UTF-8 cannot hold, turned into U+FFFD."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [encodable(item) for item in value]
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    return value
