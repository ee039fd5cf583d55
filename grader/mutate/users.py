"""Which graded functions use what a source defines. In: source text. Out: names."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence


def users(source: str, graded: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each name of the source's top level, the graded functions that answer for it: itself, or
    all that mention it, be it through others. Every one answers for ``""``, a bare statement."""
    mentioned = _mentions(source)
    reached = {name: _reach(name, mentioned) for name in graded}
    found = {
        name: tuple(function for function in graded if name in reached[function])
        for name in mentioned
    }
    return {**found, "": tuple(graded), **{name: (name,) for name in graded}}


def _reach(start: str, mentioned: Mapping[str, set[str]]) -> set[str]:
    reached, left = {start}, [start]
    while left:
        new = mentioned.get(left.pop(), set()) - reached
        reached |= new
        left += new
    return reached


def _mentions(source: str) -> dict[str, set[str]]:
    """Which names each definition of the top level mentions."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(source).body:
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for name in _defined(node):
            found[name] = found.get(name, set()) | names
    return found


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    stored = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return {part.id for part in stored if isinstance(part.ctx, ast.Store)}
