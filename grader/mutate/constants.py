"""Constants changed: at most two changes each. In: a node. Out: edits."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.mutate.mutant import Edit
from grader.mutate.text import Text

_NAMES = {"True": "False", "False": "True", "None": "1"}


def integer(node: cst.Integer, text: Text) -> Iterator[Edit]:
    """One more, one less. Of a negative number, whose sign may be dropped as well, one alone."""
    value = int(node.value.replace("_", ""), 0)
    yield text.replace("change number", node, str(value + 1))
    if not isinstance(text.parent(node), cst.UnaryOperation):
        yield text.replace("change number", node, str(value - 1))


def real(node: cst.Float, text: Text) -> Iterator[Edit]:
    """Twice as much, and nothing; 1 for nothing."""
    value = float(node.value.replace("_", ""))
    for new in (2 * value, 0.0) if value else (1.0,):
        yield text.replace("change number", node, repr(new))


def name(node: cst.Name, text: Text) -> Iterator[Edit]:
    """True, False and None are names to the parser."""
    above = text.parent(node)
    identity = isinstance(above, cst.ComparisonTarget) and isinstance(
        above.operator, (cst.Is, cst.IsNot)
    )
    if node.value in _NAMES and not identity:
        kind = "change None" if node.value == "None" else "flip boolean"
        yield text.replace(kind, node, _NAMES[node.value])


def string(node: cst.SimpleString, text: Text) -> Iterator[Edit]:
    """Longer at both ends, and empty."""
    prefix, quote, value = node.prefix, node.quote, node.raw_value
    yield text.replace("change string", node, f"{prefix}{quote}XX{value}XX{quote}")
    if value:
        yield text.replace("change string", node, f"{prefix}{quote}{quote}")


def joined_string(node: cst.BaseExpression, text: Text) -> Iterator[Edit]:
    """An f-string, or strings side by side: empty."""
    yield text.replace("change string", node, '""')


def is_constant(node: cst.BaseExpression) -> bool:
    """Whether the node is one that this file changes, or None."""
    kinds = (cst.Integer, cst.Float, cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
    return isinstance(node, kinds) or (isinstance(node, cst.Name) and node.value in _NAMES)
