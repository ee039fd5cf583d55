"""Hand-ins that make trouble, and what a grader made of each.

In: the reference. Out: five hand-ins, each right but for one thing; a line about each that was
graded.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.peers.contest import Graded
from benchmarks.peers.hand_ins import HandIn

MODULE = "no_such_module"
_INTERNALS = '    model.set_attn_implementation("eager")\n'
_LOOP = "    while True:\n        pass\n"
_EXIT = "    import os\n\n    os._exit(0)\n"
_SYS_EXIT = "    import sys\n\n    sys.exit()\n"
_LOUD = 'import sys\nimport warnings\n\nwarnings.warn("take care")\n'
_LOUDER = '    warnings.warn("nothing is wrong")\n    print("working: 100%", file=sys.stderr)\n'


@dataclass(frozen=True, slots=True)
class Trouble:
    """A hand-in, and a word that its student should read (``""`` for none)."""

    title: str
    hand_in: HandIn
    word: str = ""


def troubles(reference: str) -> tuple[Trouble, ...]:
    """The trouble of every course."""
    return (
        _trouble("endless loop in one function", _before(reference, _LOOP)),
        _trouble("import error on the first line", f"import {MODULE}\n{reference}", MODULE),
        _trouble("`os._exit(0)` in one function", _before(reference, _EXIT)),
        _trouble("`sys.exit()` in one function", _before(reference, _SYS_EXIT)),
        _trouble("right, and warns on stderr", _LOUD + _before(reference, _LOUDER)),
    )


def said(trouble: Trouble, graded: Graded, limit: float) -> str:
    """One cell of the table: the points, and what is odd about them."""
    if graded.spent.killed:
        return f"hung, killed after {limit:g} s; {graded.verdict.short}"
    parts = [graded.verdict.short]
    if graded.verdict.points is None:
        parts.append(f"exit code {graded.spent.code}")
    elif trouble.word:
        named = trouble.word in graded.verdict.text
        parts.append("named" if named else "never named")
    return f"{', '.join(parts)} ({graded.spent.wall:.0f} s)"


def _trouble(title: str, source: str, word: str = "") -> Trouble:
    name = "".join(letter if letter.isalnum() else "-" for letter in title).strip("-")
    return Trouble(title, HandIn(name, "trouble", source), word)


def _before(reference: str, line: str) -> str:
    """The reference with ``line`` at the beginning of ``internals``."""
    if reference.count(_INTERNALS) != 1:
        raise ValueError(f"solution.py should hold this line once: {_INTERNALS!r}")
    return reference.replace(_INTERNALS, line + _INTERNALS)
