"""Breaks what a CI service would take for a command in its log.

In: text that other people wrote a part of. Out: the same text with a blank inside each command.

A CI job's standard output and standard error are read for commands: GitHub's runner takes
``::name ...::`` at the start of a line and ``##[name ...]`` anywhere in it, Azure's takes
``##vso[...]``, TeamCity's ``##teamcity[...]``. A student who gets one printed could hide words of
the log, set outputs of the step or raise annotations of their own.
"""

from __future__ import annotations

import re
from itertools import pairwise

# The offset behind the first of two characters that must not stand side by side.
_COMMAND = re.compile(r"^\s*:(?=:)|#(?=#[A-Za-z]*\[)")


def cuts(line: str) -> list[int]:
    """The offsets in one line at which a blank breaks a command."""
    return [match.end() for match in _COMMAND.finditer(line)]


def inert(text: str) -> str:
    """The text, line by line, without any command."""
    return "\n".join(map(_inert_line, text.split("\n")))


def _inert_line(line: str) -> str:
    edges = [0, *cuts(line), len(line)]
    return " ".join(line[start:end] for start, end in pairwise(edges))
