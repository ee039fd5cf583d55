"""A parsed source with every node's place in its text. In: source text. Out: spans and texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider

from grader.mutate.mutant import Edit, MutateError, Span


@dataclass(frozen=True, slots=True)
class Text:
    """``imported`` are the names that stand for modules or what was imported from them."""

    source: str
    module: cst.Module
    imported: frozenset[str]
    _ranges: dict[cst.CSTNode, CodeRange]
    _parents: dict[cst.CSTNode, cst.CSTNode]
    _lines: tuple[int, ...]

    def span(self, node: cst.CSTNode) -> Span:
        """Where the node stands, without the parentheses around it."""
        at = self._ranges[node]
        return self._offset(at.start.line, at.start.column), self._offset(
            at.end.line, at.end.column
        )

    def line(self, node: cst.CSTNode) -> int:
        return self._ranges[node].start.line

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def code(self, node: cst.CSTNode) -> str:
        """The node's own text, with its parentheses."""
        return self.module.code_for_node(node).strip()

    def between(self, node: cst.CSTNode) -> str:
        """The node's own text, without its parentheses."""
        return self.source[slice(*self.span(node))]

    def is_module(self, node: cst.CSTNode) -> bool:
        """Whether the expression is an imported name, or something of one: ``torch.nn``."""
        while isinstance(node, cst.Attribute):
            node = node.value
        return isinstance(node, cst.Name) and node.value in self.imported

    def replace(
        self, kind: str, node: cst.CSTNode, text: str, shown: cst.CSTNode | None = None
    ) -> Edit:
        """The edit that puts ``text``, a whole expression or statement, in the node's place."""
        whole = isinstance(node, cst.BaseExpression)
        return Edit(kind, *self.span(node), text, self.span(shown or node), whole)

    def drop_item(self, kind: str, items: Sequence[cst.CSTNode], index: int) -> Edit:
        """The edit that takes one item out of a list with commas, and one comma with it."""
        start, end = self.span(items[index])
        around = self.parent(items[index])
        after = self.source[end:]
        gap = len(after) - len(after.lstrip())
        if after[gap:].startswith(","):
            end += gap + 1
            end += len(self.source[end:]) - len(self.source[end:].lstrip(" "))
        elif index:
            start = self.span(items[index - 1])[1]
        return Edit(kind, start, end, "", self.span(around) if around else (start, end))

    def swap(self, kind: str, one: cst.CSTNode, other: cst.CSTNode, shown: cst.CSTNode) -> Edit:
        """The edit that exchanges two nodes, of which ``one`` stands first."""
        (start, middle), (after, end) = self.span(one), self.span(other)
        text = self.source[after:end] + self.source[middle:after] + self.source[start:middle]
        return Edit(kind, start, end, text, self.span(shown))

    def _offset(self, line: int, column: int) -> int:
        return self._lines[line - 1] + column


def parse(source: str) -> Text:
    """Raises ``MutateError`` when the source is not Python."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        raise MutateError(f"line {error.raw_line} is not Python") from None
    lines = (0, *accumulate(len(line) for line in source.splitlines(keepends=True)))
    return Text(
        source,
        wrapper.module,
        frozenset(_imported(wrapper.module)),
        dict(wrapper.resolve(PositionProvider)),
        dict(wrapper.resolve(ParentNodeProvider)),
        lines,
    )


def _imported(module: cst.Module) -> Iterator[str]:
    for line in module.body:
        for node in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if not isinstance(node, (cst.Import, cst.ImportFrom)):
                continue
            for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
                yield alias.evaluated_alias or alias.evaluated_name.split(".")[0]
