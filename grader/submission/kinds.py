"""What sort of statement it is. Runs in the reading process only.

In: the syntax tree of a top-level statement. Out: its kind, and whether running it can fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum, auto
from itertools import chain

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_CONSTANT = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp),
    *(ast.expr_context, ast.unaryop),
)


class Kind(Enum):
    """What becomes of a statement in a notebook.

    Imports, definitions and constants are kept; others are kept if something kept needs them;
    the last, as ``del model`` and ``if __name__ == "__main__"``, are left out.
    """

    IMPORT = auto()
    DEFINITION = auto()
    CONSTANT = auto()
    OTHER = auto()
    NEVER = auto()


def kind_of(node: ast.stmt) -> Kind:
    """The kind of a top-level statement. A condition around a definition is a definition."""
    if isinstance(node, ast.Delete | ast.Pass) or _is_main_guard(node) or _declares_global(node):
        return Kind.NEVER
    if isinstance(node, ast.If | ast.Try | ast.With):
        return _kind_of_block(node)
    if isinstance(node, _IMPORTS):
        return Kind.IMPORT
    if isinstance(node, _DEFINITIONS):
        return Kind.DEFINITION
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        return _kind_of_value(node.value)
    return Kind.OTHER


def _is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )


def _declares_global(node: ast.stmt) -> bool:
    """``global x`` outside a function says nothing, but is an error once ``x`` was used above."""
    return any(isinstance(part, ast.Global) for part in immediate(node))


def _kind_of_block(node: ast.stmt) -> Kind:
    inside = list(immediate(node))
    if any(isinstance(part, _DEFINITIONS) for part in inside):
        return Kind.DEFINITION
    return Kind.IMPORT if any(isinstance(part, _IMPORTS) for part in inside) else Kind.OTHER


def _kind_of_value(value: ast.expr) -> Kind:
    if isinstance(value, ast.Lambda):
        return Kind.DEFINITION
    return Kind.CONSTANT if _is_constant(value) else Kind.OTHER


def _is_constant(node: ast.expr) -> bool:
    return all(isinstance(part, _CONSTANT) for part in ast.walk(node))


def immediate(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all in it that runs when it runs: not the bodies of functions."""
    yield node
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.Lambda):
        children = ast.iter_child_nodes(node.args)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        children = chain(node.decorator_list, ast.iter_child_nodes(node.args))
    for child in children:
        yield from immediate(child)


def cannot_fail(node: ast.stmt) -> bool:
    """Whether running it cannot raise: a bare function, or a name for a literal."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return not node.decorator_list and node.returns is None and _is_bare(node.args)
    return (
        isinstance(node, ast.Assign)
        and all(isinstance(target, ast.Name) for target in node.targets)
        and isinstance(node.value, ast.Constant)
    )


def _is_bare(a: ast.arguments) -> bool:
    named = (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg)
    defaults = (*a.defaults, *a.kw_defaults)
    return not any(one and one.annotation for one in named) and all(
        value is None or isinstance(value, ast.Constant) for value in defaults
    )


def is_future_import(node: ast.stmt) -> bool:
    """Whether it is a ``from __future__ import``, which must come first in a file."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level
