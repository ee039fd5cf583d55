"""What a statement does with the module's names. Runs in the reading process only.

In: the syntax tree and the text of one top-level statement. Out: ``Names``, by the rules that
Python's own symbol table knows; nothing is run.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.submission.kinds import immediate

_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
_BIND_UNSEEN = frozenset({"exec", "globals", "locals"})


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the module, as one statement uses them.

    binds: assigned, imported or defined. changes: an attribute or item is written.
    receivers: a method is called. needs: read when the statement runs. later: read or assigned
    when a function in it is called. sets_later: of those, the assigned ones.
    passed: handed to a call or merely renamed, as ``g`` in ``f = partial(g, 1)``.
    unseen: it may bind names that no tree shows, as by ``exec``.
    """

    binds: frozenset[str]
    changes: frozenset[str]
    receivers: frozenset[str]
    needs: frozenset[str]
    later: frozenset[str]
    sets_later: frozenset[str]
    passed: frozenset[str]
    unseen: bool


def names_of(node: ast.stmt, text: str) -> Names:
    """The names of a statement. Raises SyntaxError where its scopes contradict themselves."""
    module = symtable.symtable(text, "<cell>", "exec")
    own = module.get_symbols()
    used = [(symbol, later) for table, later in _inner(module) for symbol in _globals(table)]
    parts = list(immediate(node))
    return Names(
        binds=_named(s for s in own if s.is_assigned() or s.is_imported()),
        changes=frozenset(root for part in parts for root in _changed(part)),
        receivers=frozenset(root for part in parts for root in _receiver(part)),
        needs=_named(s for s in own if s.is_referenced())
        | _named(s for s, late in used if not late),
        later=_named(s for s, late in used if late),
        sets_later=_named(s for s, late in used if late and s.is_assigned()),
        passed=frozenset(_passed(node)),
        unseen=any(isinstance(part, ast.Name) and part.id in _BIND_UNSEEN for part in parts),
    )


def _named(symbols: Iterable[symtable.Symbol]) -> frozenset[str]:
    return frozenset(symbol.get_name() for symbol in symbols)


def _inner(
    table: symtable.SymbolTable, later: bool = False
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """The scopes inside, each with whether it runs only when a function is called."""
    for child in table.get_children():
        is_function = child.get_type() == "function" and child.get_name() not in _COMPREHENSIONS
        yield child, later or is_function
        yield from _inner(child, later or is_function)


def _globals(table: symtable.SymbolTable) -> Iterator[symtable.Symbol]:
    return (symbol for symbol in table.get_symbols() if symbol.is_global())


def _root(node: ast.AST) -> Iterator[str]:
    """``a`` of ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _changed(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield from _root(node)


def _receiver(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _root(node.func)


def _passed(node: ast.stmt) -> Iterator[str]:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Name | ast.Attribute):
        yield from _root(value)
    if isinstance(value, ast.Call):
        arguments = (*value.args, *(keyword.value for keyword in value.keywords))
        yield from (argument.id for argument in arguments if isinstance(argument, ast.Name))
