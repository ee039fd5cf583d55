"""Where a source is mutated, and how. In: source text. Out: its mutants, in the text's order."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from grader.mutate import calls, constants, expressions, statements
from grader.mutate.mutant import Edit, Mutant, as_replacement
from grader.mutate.text import Text, parse

Operator = Callable[[Any, Text], Iterator[Edit]]

_OPERATORS: dict[type[cst.CSTNode], tuple[Operator, ...]] = {
    cst.Expr: (statements.drop,),
    cst.Assert: (statements.drop,),
    cst.Del: (statements.drop,),
    cst.Assign: (statements.assign,),
    cst.AnnAssign: (statements.assign,),
    cst.AugAssign: (statements.augmented,),
    cst.Return: (statements.returned,),
    cst.Break: (statements.left,),
    cst.Continue: (statements.left,),
    cst.Raise: (statements.raised,),
    cst.With: (statements.block,),
    cst.For: (statements.loop,),
    cst.ExceptHandler: (statements.handler,),
    cst.Decorator: (statements.decorator,),
    cst.If: (lambda node, text: statements.condition(node.test, text),),
    cst.IfExp: (lambda node, text: statements.condition(node.test, text),),
    cst.CompIf: (lambda node, text: statements.condition(node.test, text),),
    cst.While: (lambda node, text: statements.condition(node.test, text, endless=True),),
    cst.Comparison: (expressions.comparison,),
    cst.BooleanOperation: (expressions.boolean,),
    cst.BinaryOperation: (expressions.binary,),
    cst.UnaryOperation: (expressions.unary,),
    cst.Attribute: (expressions.attribute,),
    cst.Subscript: (expressions.subscript,),
    cst.Slice: (expressions.bounds,),
    cst.List: (expressions.items,),
    cst.Tuple: (expressions.items,),
    cst.Set: (expressions.items,),
    cst.Dict: (expressions.entries,),
    cst.Lambda: (expressions.anonymous,),
    cst.Yield: (expressions.yielded,),
    cst.Call: (calls.call,),
    cst.Name: (constants.name, expressions.twin),
    cst.Integer: (constants.integer,),
    cst.Float: (constants.real,),
    cst.SimpleString: (constants.string,),
    cst.FormattedString: (constants.joined_string,),
    cst.ConcatenatedString: (constants.joined_string,),
}
# Nothing below these is mutated: it is no code, or its wording is nobody's contract.
_LEFT_ALONE = (cst.Annotation, cst.Import, cst.ImportFrom, cst.Raise, cst.ConcatenatedString)


def mutants_of(source: str) -> tuple[Mutant, ...]:
    """Raises ``MutateError`` when ``source`` is not Python."""
    text = parse(source)
    seen = {ast.dump(ast.parse(source))}
    found = []
    for scope, node in _scopes(text.module):
        for site in _sites(node):
            for edit in _edits(site, text):
                edit, tree = _parsed(edit, source)
                if tree and tree not in seen:
                    seen.add(tree)
                    found.append(_mutant(scope, site, edit, text))
    return tuple(found)


def _scopes(module: cst.Module) -> Iterator[tuple[str, cst.CSTNode]]:
    """The top level's functions, classes, constants and bare calls, by name."""
    for line in module.body:
        if isinstance(line, (cst.FunctionDef, cst.ClassDef)):
            yield line.name.value, line
        elif isinstance(line, cst.SimpleStatementLine):
            for node in line.body:
                name = _bound(node)
                if name is not None and name != "__all__":
                    yield name, node


def _bound(node: cst.BaseSmallStatement) -> str | None:
    """The constant that a statement of the module binds, empty for a bare expression."""
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        return node.target.value if isinstance(node.target, cst.Name) else ""
    if isinstance(node, cst.Assign):
        target = node.targets[0].target
        return target.value if isinstance(target, cst.Name) else ""
    return "" if isinstance(node, cst.Expr) else None


def _sites(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all below it that may be mutated."""
    if isinstance(node, cst.Expr) and _is_text(node.value):
        return
    if isinstance(node, (cst.Annotation, cst.Import, cst.ImportFrom)):
        return
    yield node
    if not isinstance(node, _LEFT_ALONE):
        for child in node.children:
            yield from _sites(child)


def _is_text(node: cst.BaseExpression) -> bool:
    """A docstring, or a string that stands about like one."""
    return isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString))


def _edits(site: cst.CSTNode, text: Text) -> Iterable[Edit]:
    for operator in _OPERATORS.get(type(site), ()):
        yield from operator(site, text)


def _parsed(edit: Edit, source: str) -> tuple[Edit, str]:
    """The edit and the syntax tree that it gives; no tree where it gives no Python. An expression
    gets parentheses where others around it would tear it apart."""
    tree = _tree(edit.applied(source))
    if not edit.whole or edit.text.isalnum():
        return edit, tree
    safe = replace(edit, text=f"({edit.text})")
    safe_tree = _tree(safe.applied(source))
    return (safe, safe_tree) if safe_tree and safe_tree != tree else (edit, tree)


def _tree(source: str) -> str:
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError):
        return ""


def _mutant(scope: str, site: cst.CSTNode, edit: Edit, text: Text) -> Mutant:
    small = (cst.BaseExpression, cst.BaseSmallStatement, cst.Arg, cst.BaseElement)
    wider = [text.span(node) for node in text.ancestors(site) if isinstance(node, small)]
    old, new = as_replacement(text.source, edit, wider)
    line = text.source.count("\n", 0, edit.start) + 1
    return Mutant(scope, line, edit.kind, old, new, edit.applied(text.source))
