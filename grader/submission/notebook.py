"""Taking a notebook apart. Runs in the reading process only: students' text is parsed here.

In: the bytes of an ``.ipynb``. Out: Python text with a place for each line, and notes on what
was left out. Nothing of it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from grader.submission.cells import Cell, NotANotebookError, code_cells
from grader.submission.keep import is_opaque, kept
from grader.submission.kinds import Kind
from grader.submission.limits import CELL_BYTES, SOURCE_BYTES
from grader.submission.magics import Line, plain_python, without_cell_magics
from grader.submission.python_text import PlacedLine, placed_lines
from grader.submission.statements import Statement, statements

_WRONG_TEXT = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A notebook as text. ``problem`` goes on after the file's name, and then there is none."""

    lines: tuple[PlacedLine, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


def take_apart(
    data: bytes,
    file: str,
    functions: Collection[str] = (),
    poison: Collection[int] = (),
    begin: Callable[[int], None] = lambda number: None,
) -> TakenApart:
    """The Python text of a notebook.

    Args:
        file: its name in messages.
        functions: the graded functions, if known: see ``keep.kept``.
        poison: numbers of cells that ended an earlier process, to be passed over.
        begin: told the number of each cell before it is looked at, and 0 after the last.
    """
    notes: list[str] = []
    try:
        cells = code_cells(data)
    except NotANotebookError as problem:
        return TakenApart(problem=str(problem))
    found: list[Statement] = []
    for cell in cells:
        begin(cell.number)
        found += _statements(cell, cell.number in poison, notes)
    begin(0)
    return _assembled(_chosen(found, functions, notes), file, notes)


def _statements(cell: Cell, poisonous: bool, notes: list[str]) -> list[Statement]:
    where = f"cell {cell.number}"
    if poisonous or sum(map(len, cell.lines)) > CELL_BYTES:
        notes.append(f"{where} was left out: it is too large or too deeply nested to be read")
        return []
    lines, magic = without_cell_magics(cell.lines)
    if magic:
        notes.append(f"{where} was left out: it starts with %%{magic[:40]}")
        return []
    try:
        lines = plain_python(lines)
        return statements(cell.number, lines)
    except Exception as error:  # whatever text made to harm gets a library to raise
        notes.append(
            f"{where}{_line(error, lines)} was left out: it does not parse ({_why(error)})"
        )
    return []


def _line(error: BaseException, lines: Sequence[Line]) -> str:
    number = getattr(error, "lineno", None) or 0
    return f", line {lines[number - 1].number}," if 0 < number <= len(lines) else ""


def _why(error: BaseException) -> str:
    if isinstance(error, RecursionError | MemoryError):
        return "it is nested too deep"
    return str(getattr(error, "msg", error))[:200]


def _chosen(
    found: list[Statement], functions: Collection[str], notes: list[str]
) -> list[Statement]:
    good = [statement for statement in found if _compiles([statement], notes)]
    if not is_opaque(good):
        return kept(good, functions)
    notes.append("all of the notebook is run, since it makes names by exec, globals or locals")
    return [statement for statement in good if statement.kind is not Kind.NEVER]


def _compiles(one: list[Statement], notes: list[str]) -> bool:
    """Whether a statement is right outside a cell too: no ``await`` or ``return`` by itself."""
    try:
        compile(_text(placed_lines(one, "")), "<cell>", "exec", dont_inherit=True)
    except _WRONG_TEXT as error:
        where = f"cell {one[0].cell}, line {one[0].lines[0].number},"
        notes.append(f"{where} was left out: {_why(error)}")
        return False
    return True


def _text(lines: Sequence[PlacedLine]) -> str:
    return "".join(f"{line.text}\n" for line in lines)


def _assembled(chosen: list[Statement], file: str, notes: list[str]) -> TakenApart:
    lines = placed_lines(chosen, file)
    if sum(len(line.text) + 1 for line in lines) > SOURCE_BYTES:
        return TakenApart(problem=f"holds more than {SOURCE_BYTES >> 20} MiB of code.")
    try:
        compile(_text(lines), file, "exec", dont_inherit=True)
    except _WRONG_TEXT as error:
        return TakenApart(problem=f"cannot be run as one Python file: {_why(error)}.")
    return TakenApart(tuple(lines), tuple(notes))
