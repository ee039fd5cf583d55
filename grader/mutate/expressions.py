"""Expressions turned, cut and exchanged. In: a node. Out: edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import libcst as cst

from grader.mutate.mutant import Edit
from grader.mutate.text import Text

_TURNED = {
    "==": ("!=",),
    "!=": ("==",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "in": ("not in",),
    "not in": ("in",),
    "is": ("is not",),
    "is not": ("is",),
}
_BINARY = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "//": "/",
    "%": "*",
    "**": "*",
    "@": "*",
    "|": "&",
    "&": "|",
    "^": "&",
    "<<": ">>",
    ">>": "<<",
}
_ORDERED = {"-", "/", "//", "%", "**", "@"}  # those whose operands may not be exchanged
_PAIRS = (
    ("min", "max"),
    ("amin", "amax"),
    ("argmin", "argmax"),
    ("any", "all"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("train", "eval"),
    ("no_grad", "enable_grad"),
    ("inference_mode", "enable_grad"),
    ("softmax", "log_softmax"),
    ("floor", "ceil"),
    ("exp", "log"),
    ("lower", "upper"),
    ("lstrip", "rstrip"),
    ("startswith", "endswith"),
    ("append", "extend"),
    ("find", "rfind"),
    ("split", "rsplit"),
)
_TWINS = {one: other for other, one in _PAIRS} | dict(_PAIRS)
_MANY = 6  # a display with more items is data: its first and its last item stand for all

Item = TypeVar("Item")


def comparison(node: cst.Comparison, text: Text) -> Iterator[Edit]:
    for target in node.comparisons:
        for new in _TURNED[" ".join(text.between(target.operator).split())]:
            yield Edit("turn comparison", *text.span(target.operator), new, text.span(node))


def boolean(node: cst.BooleanOperation, text: Text) -> Iterator[Edit]:
    new = "or" if isinstance(node.operator, cst.And) else "and"
    yield Edit("turn operator", *text.span(node.operator), new, text.span(node))
    yield from _either(node, text)


def binary(node: cst.BinaryOperation, text: Text) -> Iterator[Edit]:
    operator = text.between(node.operator)
    yield Edit("turn operator", *text.span(node.operator), _BINARY[operator], text.span(node))
    if operator in _ORDERED:
        left, right = text.code(node.left), text.code(node.right)
        yield text.replace("swap operands", node, f"({right}) {operator} ({left})")
    yield from _either(node, text)


def _either(node: cst.BinaryOperation | cst.BooleanOperation, text: Text) -> Iterator[Edit]:
    """Each operand alone."""
    for operand in (node.left, node.right):
        yield text.replace("drop operand", node, text.code(operand))


def unary(node: cst.UnaryOperation, text: Text) -> Iterator[Edit]:
    yield text.replace("drop operator", node, text.code(node.expression))


def attribute(node: cst.Attribute, text: Text) -> Iterator[Edit]:
    """The object for its attribute; not for a method that is called, nor in a module."""
    if not _is_called(node, text) and not is_target(node, text) and not text.is_module(node):
        yield text.replace("drop attribute", node, text.code(node.value))


def twin(node: cst.Name, text: Text) -> Iterator[Edit]:
    """A function's counterpart: ``max`` for ``min``, ``train`` for ``eval``."""
    above = text.parent(node)
    if node.value not in _TWINS or above is None:
        return
    is_method = isinstance(above, cst.Attribute) and above.attr is node
    called = above if is_method else node
    if _is_called(called, text):
        yield text.replace("call the counterpart", node, _TWINS[node.value], called)


def subscript(node: cst.Subscript, text: Text) -> Iterator[Edit]:
    """The whole for its part; one of several indices dropped."""
    if not is_target(node, text):
        yield text.replace("drop subscript", node, text.code(node.value))
    for index in range(len(node.slice) if len(node.slice) > 1 else 0):
        yield text.drop_item("drop index", node.slice, index)


def bounds(node: cst.Slice, text: Text) -> Iterator[Edit]:
    """Each bound of a slice left open."""
    for bound in (node.lower, node.upper, node.step):
        if bound is not None:
            start, end = _with_parentheses(bound, text)
            yield Edit("drop bound", start, end, "", text.span(node))


def items(node: cst.List | cst.Tuple | cst.Set, text: Text) -> Iterator[Edit]:
    """One item dropped; two neighbours exchanged."""
    if is_target(node, text) or len(node.elements) < 2:
        return
    for index in _some(range(len(node.elements))):
        if isinstance(node, cst.Tuple) and len(node.elements) == 2:
            left = text.between(node.elements[1 - index])
            yield text.replace("drop item", node, f"{left},")
        else:
            yield text.drop_item("drop item", node.elements, index)
    if not isinstance(node, cst.Set) and not _is_searched(node, text):
        for one, other in _some(list(zip(node.elements, node.elements[1:], strict=False))):
            yield text.swap("swap items", one, other, node)


def entries(node: cst.Dict, text: Text) -> Iterator[Edit]:
    """One entry dropped."""
    for index in _some(range(len(node.elements))):
        yield text.drop_item("drop entry", node.elements, index)


def anonymous(node: cst.Lambda, text: Text) -> Iterator[Edit]:
    yield text.replace("return nothing", node.body, "None", node)


def yielded(node: cst.Yield, text: Text) -> Iterator[Edit]:
    if isinstance(node.value, cst.BaseExpression) and text.between(node.value) != "None":
        yield text.replace("yield nothing", node.value, "None", node)


def is_target(node: cst.CSTNode, text: Text) -> bool:
    """Whether something is stored in the node, or it is deleted."""
    for above in text.ancestors(node):
        if isinstance(above, (cst.AssignTarget, cst.Del)):
            return True
        if isinstance(above, (cst.AugAssign, cst.AnnAssign, cst.For, cst.CompFor)):
            return above.target is node
        if not isinstance(above, (cst.Tuple, cst.List, cst.Element, cst.StarredElement)):
            return False
        node = above
    return False


def _is_searched(node: cst.CSTNode, text: Text) -> bool:
    """Whether the items are on the right of ``in``, where their order says nothing."""
    above = text.parent(node)
    return isinstance(above, cst.ComparisonTarget) and isinstance(
        above.operator, (cst.In, cst.NotIn)
    )


def _is_called(node: cst.CSTNode, text: Text) -> bool:
    above = text.parent(node)
    return isinstance(above, cst.Call) and above.func is node


def _with_parentheses(node: cst.BaseExpression, text: Text) -> tuple[int, int]:
    start, end = text.span(node)
    if node.lpar:
        start = text.span(node.lpar[0])[0]
    if node.rpar:
        end = text.span(node.rpar[-1])[1]
    return start, end


def _some(found: Sequence[Item]) -> Sequence[Item]:
    return found if len(found) <= _MANY else [found[0], found[-1]]
