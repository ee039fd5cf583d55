"""Statements dropped, emptied and turned. In: a node. Out: edits.

A dropped statement becomes ``pass``, a dropped ``with`` becomes ``if True:``, a loop without a turn
runs over ``()``: the edit stays as short as its own line, and the text always parses.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.mutate.constants import is_constant
from grader.mutate.mutant import Edit
from grader.mutate.text import Text

_AUGMENTED = {
    "+=": "-=",
    "-=": "+=",
    "*=": "/=",
    "/=": "*=",
    "//=": "/=",
    "%=": "*=",
    "**=": "*=",
    "@=": "*=",
    "|=": "&=",
    "&=": "|=",
    "^=": "&=",
    "<<=": ">>=",
    ">>=": "<<=",
}
_CERTAIN = (cst.Equal, cst.NotEqual, cst.Is, cst.IsNot, cst.In, cst.NotIn)


def drop(node: cst.CSTNode, text: Text) -> Iterator[Edit]:
    """The statement does nothing."""
    yield text.replace("drop statement", node, "pass")


def assign(node: cst.Assign | cst.AnnAssign, text: Text) -> Iterator[Edit]:
    """Dropped (not where a module binds a constant), or the value lost."""
    if node.value is None:
        return
    line = text.parent(node)
    if not (line is not None and isinstance(text.parent(line), cst.Module)):
        yield from drop(node, text)
    if not is_constant(node.value):
        yield text.replace("lose value", node.value, "None", node)


def augmented(node: cst.AugAssign, text: Text) -> Iterator[Edit]:
    """Dropped, turned, or the old value forgotten."""
    yield from drop(node, text)
    operator = text.between(node.operator)
    for new in (_AUGMENTED[operator], "="):
        start, end = text.span(node.operator)
        yield Edit("turn assignment", start, end, new, text.span(node))


def returned(node: cst.Return, text: Text) -> Iterator[Edit]:
    """Nothing is returned; or an early return does not happen."""
    if node.value is not None and text.between(node.value) != "None":
        yield text.replace("return nothing", node, "return None")
    if not _is_last(node, text):
        yield text.replace("drop statement", node, "pass")


def left(node: cst.Break | cst.Continue, text: Text) -> Iterator[Edit]:
    """``break`` and ``continue`` exchanged, or dropped."""
    other = "continue" if isinstance(node, cst.Break) else "break"
    yield text.replace("swap break and continue", node, other)
    yield from drop(node, text)


def raised(node: cst.Raise, text: Text) -> Iterator[Edit]:
    """Nothing is raised, or an exception of another class. Its wording is nobody's contract."""
    yield from drop(node, text)
    cause = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
    if isinstance(cause, cst.Name):
        new = "BaseException" if cause.value == "Exception" else "Exception"
        yield text.replace("change exception", cause, new, node)


def block(node: cst.With, text: Text) -> Iterator[Edit]:
    """The body without its context; of several contexts, each dropped."""
    start, _ = text.span(node)
    _, last = text.span(node.items[-1])
    if node.asynchronous is None:
        colon = text.source.index(":", last)
        yield Edit("drop with", start, colon, "if True", (start, colon + 1))
    for index in range(len(node.items) if len(node.items) > 1 else 0):
        yield text.drop_item("drop context", node.items, index)


def loop(node: cst.For, text: Text) -> Iterator[Edit]:
    """No turn, and one turn alone."""
    header = text.span(node)[0], text.span(node.iter)[1]
    if node.asynchronous is None:
        first = f"list({text.between(node.iter)})[:1]"
        for kind, new in (("skip loop", "()"), ("stop loop after one turn", first)):
            yield Edit(kind, *text.span(node.iter), new, header, whole=True)


def handler(node: cst.ExceptHandler, text: Text) -> Iterator[Edit]:
    """Nothing is caught."""
    if node.type is not None:
        yield text.replace("catch nothing", node.type, "()")


def decorator(node: cst.Decorator, text: Text) -> Iterator[Edit]:
    yield text.replace("drop decorator", node, "")


def condition(test: cst.BaseExpression, text: Text, endless: bool = False) -> Iterator[Edit]:
    """Turned, always, never. ``endless`` is a loop's: it is not made to go on for ever."""
    if not _turns_otherwise(test):
        yield text.replace("negate condition", test, f"not ({text.between(test)})")
    if not endless:
        yield text.replace("condition always holds", test, "True")
    yield text.replace("condition never holds", test, "False")


def _turns_otherwise(test: cst.BaseExpression) -> bool:
    """Whether another operator negates the condition already."""
    if isinstance(test, cst.UnaryOperation):
        return isinstance(test.operator, cst.Not)
    if isinstance(test, cst.Comparison):
        return len(test.comparisons) == 1 and isinstance(test.comparisons[0].operator, _CERTAIN)
    return False


def _is_last(node: cst.CSTNode, text: Text) -> bool:
    """Whether the statement is the last one of its function's own block."""
    line = text.parent(node)
    body = text.parent(line) if line is not None else None
    function = text.parent(body) if body is not None else None
    ends = isinstance(body, cst.IndentedBlock) and body.body[-1] is line
    return ends and isinstance(function, cst.FunctionDef)
