"""Reads and edits the reference's source as text. It is never imported here.

In: the text of a ``solution.py``. Out: its functions' parameters, and mistaken copies of it.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

from grader.spec.declare import DeclaredMistake


@dataclass(frozen=True, slots=True)
class Function:
    """Where a function stands (lines from 1, the last included) and what it takes."""

    name: str
    first: int
    last: int
    parameters: tuple[str, ...]


def functions(source: str, file: str) -> dict[str, Function]:
    """The top-level functions. Raises ``SyntaxError``."""
    found = {}
    for node in ast.parse(source, file).body:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            named = (*node.args.posonlyargs, *node.args.args)
            parameters = tuple(argument.arg for argument in named)
            found[node.name] = Function(node.name, first, node.end_lineno or first, parameters)
    return found


def mistaken(source: str, function: Function, mistake: DeclaredMistake) -> str:
    """The reference with the mistake in it. Raises ``ValueError`` when it does not apply."""
    if mistake.source:
        return _replace_function(source, function, textwrap.dedent(mistake.source).strip("\n"))
    text = source
    for old, new in mistake.edits:
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
        raise ValueError(f"the text to replace stands {count} times in solution.py: {old!r}")
    if old == new:
        raise ValueError("the old and the new text are the same")
    return text.replace(old, new)


def _replace_function(source: str, function: Function, body: str) -> str:
    try:
        replacement = functions(body, "mistake")
    except SyntaxError as error:
        raise ValueError(f"its source is not Python, line {error.lineno}: {error.msg}") from None
    if function.name not in replacement:
        raise ValueError(f"its source does not define {function.name}")
    lines = source.splitlines()
    return "\n".join([*lines[: function.first - 1], body, *lines[function.last :], ""])
