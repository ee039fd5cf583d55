"""Calls with arguments dropped, exchanged and lost, and calls left out. In: a node. Out: edits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from grader.mutate.constants import is_constant
from grader.mutate.mutant import Edit
from grader.mutate.text import Text


def call(node: cst.Call, text: Text) -> Iterator[Edit]:
    yield from _arguments(node, text)
    if not isinstance(text.parent(node), cst.Expr):  # there it is a dropped statement
        yield from _without(node, text)


def _arguments(node: cst.Call, text: Text) -> Iterator[Edit]:
    for index, argument in enumerate(node.args):
        yield text.drop_item("drop argument", node.args, index)
        if not (argument.star or argument.keyword or is_constant(argument.value)):
            yield text.replace("lose argument", argument.value, "None", node)
    for one, other in pairwise(node.args):
        if not (one.keyword or other.keyword or one.star or other.star):
            yield text.swap("swap arguments", one, other, node)


def _without(node: cst.Call, text: Text) -> Iterator[Edit]:
    """``f(x)`` to ``x``, and ``x.a().b()`` to ``x.b()`` and ``x.a()``."""
    if len(node.args) == 1 and not node.args[0].star:
        yield text.replace("unwrap call", node, text.code(node.args[0].value))
    if isinstance(node.func, cst.Attribute) and not text.is_module(node.func.value):
        yield text.replace("drop call", node, text.code(node.func.value))
