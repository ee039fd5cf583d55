"""Takes a result file's text apart, so that what recurs in it is parsed and checked once.

In: text, ours or a stranger's. Out: the same data as ``json.loads`` gives, but for functions that
are laid out as ours are: those are ``FunctionPart``s already, and equal text gives the same one.
"""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from typing import Any

from grader.report.recurring import FUNCTIONS, LONGEST
from grader.report.result_file import FunctionPart

# How ``json_text.laid_out`` opens and closes an object four blanks in. No string of JSON has a line
# break in it, so such a line is never a part of one.
_OPENS, _CLOSES = "\n    {\n", "\n    }"
_WORD = secrets.token_hex(8)  # which no file knows


def parsed(text: str | bytes) -> Any:
    """The data. Raises ``ValueError`` or ``RecursionError`` for what is no JSON, and pydantic's
    ``ValidationError`` never: what is wrong with a function is for who reads the whole to say."""
    try:
        found = _in_parts(text if isinstance(text, str) else text.decode())
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        found = None  # it is laid out in another way, or damaged
    return json.loads(text) if found is None else found


def _in_parts(text: str) -> Any:
    """``None`` where an object that looks like a function is not one of a topic's."""
    head, *rest = text.split(_OPENS)
    parts, pieces = [], [head]
    for piece in rest:
        inside, closing, after = piece.partition(_CLOSES)
        if not closing:
            return None
        parts.append(_function("{" + inside + "}"))
        # A word stands in its place: one whole value for another.
        pieces += [f'"{_WORD}{len(parts) - 1}"', after]
    data = json.loads("".join(pieces))
    listed = [topic["functions"] for topic in data["topics"]]
    by_word = {f"{_WORD}{number}": part for number, part in enumerate(parts)}
    if [word for words in listed for word in words] != list(by_word):
        return None
    for topic in data["topics"]:
        topic["functions"] = [by_word[word] for word in topic["functions"]]
    return data


def _function(text: str) -> FunctionPart:
    return _kept(text) if len(text) <= LONGEST else _new(text)


def _new(text: str) -> FunctionPart:
    return FunctionPart.model_validate(json.loads(text))


_kept = lru_cache(maxsize=FUNCTIONS)(_new)
