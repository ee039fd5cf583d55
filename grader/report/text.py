"""Makes other people's text safe to show, and numbers pleasant to read.

In: names, messages and printed output, which a student wrote and which may be hostile.
Out: text of bounded length without control, bidirectional or invisible characters. It is not
escaped: HTML, terminal, CSV and XML each escape in their own way.
"""

from __future__ import annotations

import re

from grader.model import Tolerance

# Colours and cursor moves of a terminal: whole sequences go, they have no reader here.
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")

# What hides, reorders or drives: C0 and C1 controls, bidirectional marks and overrides,
# zero-width characters (joiners stay: emoji and Persian need them), letters that are blank, line
# separators, tag characters, lone surrogates and noncharacters. A set for a regular expression.
UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")

# A letter carries three marks at most, so that a stack of them cannot run over its neighbours.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_MARKS = re.compile(f"({_MARK}{{3}}){_MARK}+")

NAME = 80
SENTENCE = 1200
_AHEAD = 3


def clean(text: str, limit: int = SENTENCE, *, newlines: bool = True) -> str:
    """``text`` with every unseen character made visible, cut to ``limit`` characters.

    A control character becomes its picture (``␛``), another its number (``⟨U+202E⟩``). Where
    something was cut, the end says so. ``newlines=False`` is for names: one line.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text  # as most texts are: there is nothing to look for
    # What is taken out may be longer than what is kept; three times is enough for honest text,
    # however coloured, and bounds the work on a megabyte of it.
    kept = text[: limit * _AHEAD]
    shown = _ANSI.sub("", kept.replace("\r\n", "\n"))
    shown = _MARKS.sub(r"\1", shown)
    # One replacement for each character that occurs: a text made of nothing else stays cheap.
    for unseen in sorted(set(_UNSEEN.findall(shown))):
        shown = shown.replace(unseen, _visible(unseen))
    if not newlines:
        shown = shown.replace("\n", "␊").replace("\t", "␉")
    if len(shown) <= limit and len(text) <= len(kept):
        return shown
    left = count(max(len(text), len(shown)) - limit, "more character")
    return shown[:limit] + (f"… ({left})" if newlines else "…")


def printed(text: str, limit: int) -> str:
    """What code printed, as a terminal would have left it: a progress bar is its last state."""
    lines = text.replace("\r\n", "\n").split("\n")
    settled = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return clean(settled, limit).strip("\n")


def points(value: float) -> str:
    """``7.5``, ``2``, ``6.67``: as many decimals as a score needs, two at most."""
    return f"{value + 0.0:.2f}".rstrip("0").rstrip(".")


def number(value: float) -> str:
    """A measured difference with three significant digits."""
    return f"{value + 0.0:.3g}"


def tolerance(allowed: Tolerance) -> str:
    """How far a number may be off: ``1e-06 + 1e-05 × |wanted|``, or ``exact``."""
    relative = f"{number(allowed.rtol)} × |wanted|" if allowed.rtol else ""
    absolute = number(allowed.atol) if allowed.atol else ""
    return " + ".join(filter(None, (absolute, relative))) or "exact"


def count(amount: int, singular: str, plural: str = "") -> str:
    """``1 case``, ``3 cases``, ``1,200 checks``."""
    return f"{amount:,} {singular if amount == 1 else plural or singular + 's'}"


def _visible(unseen: str) -> str:
    code = ord(unseen)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
