"""Puts lines on a terminal: wrapped, set in, and in ASCII where it can say no more.

In: ``Text`` of rich, made of cleaned text. Out: lines on the console, none of them a command to
the CI service that may be reading.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from grader.model import Status
from grader.report.inert import cuts

MARKS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.NOT_ATTEMPTED: "○",
    Status.BLOCKED: "‖",
    Status.GRADER_ERROR: "!",
}
STYLES = {
    Status.PASSED: "green",
    Status.FAILED: "red",
    Status.NOT_ATTEMPTED: "dim",
    Status.BLOCKED: "yellow",
    Status.GRADER_ERROR: "magenta",
}
# For a console that cannot say them: each mark keeps a sign of its own.
_PLAIN = str.maketrans(
    {"✓": "+", "✗": "x", "○": "-", "‖": "=", "“": '"', "”": '"', "…": "...", "–": "-", "·": "-"}
)


def say(console: Console, text: Text, indent: int = 0) -> None:
    """Prints ``text``, each wrapped line set in by ``indent`` columns."""
    for line in text.wrap(console, max(20, console.width - indent)):
        say_line(console, Text(" " * indent) + line)


def say_line(console: Console, line: Text) -> None:
    """Prints one line whole, however long, without trailing blanks."""
    line = _ascii(line) if console.options.ascii_only else line
    # Here, because a wrapped line begins wherever the width wants it to.
    line = Text(" ").join(line.divide(cuts(line.plain)))
    line.rstrip()
    console.print(line, soft_wrap=True)


def _ascii(text: Text) -> Text:
    """The same in ASCII, one styled piece at a time: lengths may change."""
    pieces = Text(style=text.style)
    for piece in text.divide(sorted({edge for span in text.spans for edge in span[:2]})):
        style = piece.spans[0].style if piece.spans else ""
        plain = piece.plain.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")
        pieces.append(plain, style)
    return pieces
