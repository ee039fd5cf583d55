"""The part of a probe module that some of its names need, without comments and docstrings.

In: the module's text and the names that are used. Out: text. What only hidden cases use goes, and
so does what staff wrote to one another. Names are followed as text: a string that spells a
name counts as a use, so that ``getattr`` and tables of names go on working.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.model import Case, Fixture, Input

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def needed_part(source: str, names: Iterable[str]) -> str:
    """The imports, definitions and assignments that ``names`` need, in order; other statements
    all stay, with what they need. Empty when nothing of it is needed."""
    body = ast.parse(source).body
    bound = {number: set(_bound(node)) for number, node in enumerate(body)}
    used = {number: set(_used(node)) for number, node in enumerate(body)}
    kept = {number for number in bound if not bound[number] and not _is_text(body[number])}
    wanted = set(names).union(*(used[number] for number in kept))
    while more := {n for n in bound if n not in kept and bound[n] & wanted}:
        kept |= more
        wanted |= set().union(*(used[number] for number in more))
    if not kept.difference(n for n in bound if _is_future(body[n])):
        return ""
    return ast.unparse(ast.Module([_bare(body[n]) for n in sorted(kept)], [])) + "\n"


def fixtures_of(cases: Iterable[Case]) -> Iterator[str]:
    """The names of the fixtures that the cases' inputs ask for: a topic's own are probes too."""
    for case in cases:
        for value in case.inputs.values():
            yield from _fixtures(value)


def _fixtures(value: Input) -> Iterator[str]:
    if isinstance(value, Fixture):
        yield value.name
        for inner in value.arguments.values():
            yield from _fixtures(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _fixtures(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _fixtures(inner)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement is there to define; none for one with other effects."""
    if isinstance(node, _Definition):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_unnamed(node):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        found = [name for target in targets for name in ast.walk(target)]
        if not any(isinstance(one, (ast.Attribute, ast.Subscript)) for one in found):
            yield from (one.id for one in found if isinstance(one, ast.Name))


def _used(node: ast.stmt) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_unnamed(node: ast.Import | ast.ImportFrom) -> bool:
    """An import that works without its names being used."""
    return _is_future(node) or any(alias.name == "*" for alias in node.names)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _bare(node: ast.stmt) -> ast.stmt:
    """The statement without the docstrings in it."""
    for one in ast.walk(node):
        if isinstance(one, _Definition) and _is_text(one.body[0]):
            one.body = one.body[1:] or [ast.Pass()]
    return node
