"""Reads and edits the reference's source as text. It is never imported here.

In: the text of a ``solution.py``. Out: its functions' parameters, and edited copies of it.
"""

from __future__ import annotations

import ast
import symtable
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from grader.spec.declare import DeclaredMistake, Edit


@dataclass(frozen=True, slots=True)
class Function:
    """Where a function stands (lines from 1, the last included) and what it takes.

    ``parameters`` go by position; ``named`` are all that it takes by name, ``None`` when that is
    any name (``**kwargs``); those of ``required`` have no default.
    """

    name: str
    first: int
    last: int
    parameters: tuple[str, ...]
    named: tuple[str, ...] | None
    required: tuple[str, ...]


def functions(source: str, file: str) -> dict[str, Function]:
    """The top-level functions. Raises ``SyntaxError``."""
    return {
        node.name: _function(node)
        for node in ast.parse(source, file).body
        if isinstance(node, ast.FunctionDef)
    }


def bound(source: str, file: str) -> frozenset[str]:
    """Every name that a module's top level defines, imports or assigns. Raises ``SyntaxError``."""
    symbols = symtable.symtable(source, file, "exec").get_symbols()
    return frozenset(
        symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()
    )


def _function(node: ast.FunctionDef) -> Function:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    given = node.args
    parameters = tuple(argument.arg for argument in (*given.posonlyargs, *given.args))
    keywords = tuple(argument.arg for argument in given.kwonlyargs)
    without = [
        argument.arg
        for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if default is None
    ]
    return Function(
        name=node.name,
        first=first,
        last=node.end_lineno or first,
        parameters=parameters,
        named=None if given.kwarg else (*parameters, *keywords),
        required=(*parameters[: len(parameters) - len(given.defaults)], *without),
    )


def mistaken(source: str, function: Function, mistake: DeclaredMistake) -> str:
    """The reference with the mistake in it. Raises ``ValueError`` when it does not apply."""
    if mistake.source:
        return _replace_function(source, function, textwrap.dedent(mistake.source).strip("\n"))
    return edited(source, mistake.edits)


def edited(source: str, edits: Iterable[Edit]) -> str:
    """The source with each old text, which stands there once, replaced by the new one. Raises
    ``ValueError`` when that cannot be done, or does not give Python."""
    text = source
    for old, new in edits:
        text = _replace_once(text, old, new)
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise ValueError(
            f"after the edit, line {error.lineno} is not Python: {error.msg}"
        ) from None
    return text


def _replace_once(text: str, old: str, new: str) -> str:
    count = text.count(old)
    if count != 1:
        raise ValueError(
            f"the text to replace stands {count} times in solution.py, and should stand there "
            f"once: {old!r}"
        )
    if old == new:
        raise ValueError("the old and the new text are the same")
    return text.replace(old, new)


def _replace_function(source: str, function: Function, body: str) -> str:
    try:
        replacement = functions(body, "mistake")
    except SyntaxError as error:
        raise ValueError(f"its source is not Python, line {error.lineno}: {error.msg}") from None
    if function.name not in replacement:
        raise ValueError(f"its source does not define the function {function.name}")
    lines = source.splitlines()
    return "\n".join([*lines[: function.first - 1], body, *lines[function.last :], ""])
