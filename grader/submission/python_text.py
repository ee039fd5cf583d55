"""A notebook as one Python text. Runs in the reading process only.

In: the kept statements. Out: text whose every line has a place, in which a statement that fails
is left out with a message to standard error while the rest goes on, as in Jupyter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.submission.statements import Statement

# What Jupyter adds to the built-in names, doing nothing.
_STAND_INS = {
    "get_ipython": 'get_ipython = lambda: type("NoShell", (), '
    '{"__getattr__": lambda self, name: lambda *args, **kwargs: None})()',
    "display": "display = lambda *args, **kwargs: None",
}


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of the text, and the cell and line it came from."""

    text: str
    cell: int
    line: int


def placed_lines(statements: Sequence[Statement], file: str) -> list[PlacedLine]:
    """The lines of the text. ``file`` is for the messages of statements that fail."""
    first = [s for s in statements if s.future]
    rest = [s for s in statements if not s.future]
    return [
        *(line for statement in first for line in _plain(statement)),
        *_stand_ins(statements),
        *(line for statement in rest for line in _lines(statement, file)),
    ]


def _stand_ins(statements: Sequence[Statement]) -> Iterator[PlacedLine]:
    bound = _union(s.names.binds for s in statements)
    used = _union(s.names.needs | s.names.later for s in statements)
    for name in sorted((used - bound) & _STAND_INS.keys()):
        yield PlacedLine(_STAND_INS[name], statements[0].cell, 1)


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _lines(statement: Statement, file: str) -> Iterator[PlacedLine]:
    return _guarded(statement, file) if statement.guarded else _plain(statement)


def _plain(statement: Statement) -> Iterator[PlacedLine]:
    return (PlacedLine(line.text, statement.cell, line.number) for line in statement.lines)


def _guarded(statement: Statement, file: str) -> Iterator[PlacedLine]:
    first, last = statement.lines[0].number, statement.lines[-1].number
    yield PlacedLine("try:", statement.cell, first)
    for index, line in enumerate(_plain(statement)):
        indent = "" if index in statement.strings else "    "
        yield PlacedLine(f"{indent}{line.text}", line.cell, line.line)
    yield PlacedLine(_handler(f"{file}, cell {statement.cell}, line {first}"), statement.cell, last)


def _handler(place: str) -> str:
    # One line, and nothing imported by name: the student's own names stay theirs.
    told = f"{place} was left out, because it failed: "
    return (
        "except BaseException as __failed__: __import__('sys').stderr.write("
        f"{told!a} + type(__failed__).__name__ + ': ' + str(__failed__) + '\\n')"
    )
