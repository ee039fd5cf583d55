"""A cell's top-level statements. Runs in the reading process only.

In: the lines of a cell, as Python. Out: its statements as text, each with its kind and names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.submission.kinds import Kind, cannot_fail, is_future_import, kind_of
from grader.submission.magics import Line
from grader.submission.scopes import Names, names_of


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement of cell number ``cell``.

    ``strings`` are the indices of lines that begin inside a string: indenting them would
    change it. ``guarded`` says that running it can fail.
    """

    cell: int
    lines: tuple[Line, ...]
    kind: Kind
    names: Names
    strings: frozenset[int]
    guarded: bool
    future: bool


def statements(cell: int, lines: list[Line]) -> list[Statement]:
    """The statements of a cell. Raises SyntaxError, ValueError, RecursionError or MemoryError."""
    tree = ast.parse("\n".join(line.text for line in lines))
    parts = [part for node in tree.body for part in _parts(node, _cut_out(node, lines))]
    return [_statement(cell, node, text) for node, text in parts]


def _parts(node: ast.stmt, lines: tuple[Line, ...]) -> list[tuple[ast.stmt, tuple[Line, ...]]]:
    """The statement; of ``import a, b`` one import each, so that one may fail alone."""
    if not isinstance(node, ast.Import) or len(node.names) == 1:
        return [(node, lines)]
    alone = [ast.Import([name], lineno=1, end_lineno=1) for name in node.names]
    return [(one, (Line(ast.unparse(one), lines[0].number),)) for one in alone]


def _statement(cell: int, node: ast.stmt, lines: tuple[Line, ...]) -> Statement:
    return Statement(
        cell=cell,
        lines=lines,
        kind=kind_of(node),
        names=names_of(node, "\n".join(line.text for line in lines)),
        strings=frozenset(_inside_strings(node, len(lines))),
        guarded=not cannot_fail(node),
        future=is_future_import(node),
    )


def _cut_out(node: ast.stmt, lines: list[Line]) -> tuple[Line, ...]:
    """The lines of one statement, without what shares its first and last line."""
    cut = list(lines[_first_line(node, lines) - 1 : node.end_lineno])
    # Columns count bytes. The end goes first: it may be in the same line as the start.
    end = cut[-1].text.encode()
    if not end[node.end_col_offset :].lstrip().startswith(b"#"):
        cut[-1] = Line(end[: node.end_col_offset].decode(), cut[-1].number)
    if not _decorators(node):
        cut[0] = Line(cut[0].text.encode()[node.col_offset :].decode(), cut[0].number)
    return tuple(cut)


def _first_line(node: ast.stmt, lines: list[Line]) -> int:
    """The line of the first decorator's ``@``, which no tree tells, or of the statement."""
    first = min([node.lineno, *(decorator.lineno for decorator in _decorators(node))])
    while first < node.lineno and not lines[first - 1].text.startswith("@"):
        first -= 1
    return first


def _decorators(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.decorator_list
    return []


def _inside_strings(node: ast.stmt, count: int) -> Iterator[int]:
    first = (node.end_lineno or node.lineno) - count + 1
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr) or (
            isinstance(part, ast.Constant) and isinstance(part.value, str | bytes)
        ):
            end = part.end_lineno or part.lineno
            yield from range(part.lineno + 1 - first, end + 1 - first)
