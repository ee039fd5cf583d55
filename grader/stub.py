"""The students' file, made from the reference: signatures and docstrings stay, bodies go.

In: a topic. Out: source text. Imports stay too; what else the reference has at its top level
(helpers, constants) goes, for it is part of the answer.
"""

from __future__ import annotations

import ast

from grader.model import Topic

_BODY = 'raise NotImplementedError("{name} is not written yet")'


def stub_of(topic: Topic) -> str:
    """The text of ``solution.py`` as students get it."""
    return "\n\n\n".join(["\n\n".join(head_of(topic)), *functions_of(topic)]) + "\n"


def head_of(topic: Topic) -> tuple[str, ...]:
    """The module's docstring and its imports, each as text."""
    tree = ast.parse(topic.reference)
    lines = topic.reference.splitlines()
    parts = []
    if ast.get_docstring(tree) is not None:
        parts.append(_text(lines, tree.body[0]))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    if imports:
        parts.append(_import_text(lines, imports))
    return tuple(parts)


def functions_of(topic: Topic) -> tuple[str, ...]:
    """Each graded function's stub, in the order of the declaration."""
    tree = ast.parse(topic.reference)
    lines = topic.reference.splitlines()
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return tuple(_stub(lines, defined[task.function]) for task in topic.tasks)


def _stub(lines: list[str], node: ast.FunctionDef) -> str:
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    last = (first.end_lineno or first.lineno) if documented else first.lineno - 1
    indent = " " * first.col_offset
    return "\n".join([*lines[node.lineno - 1 : last], indent + _BODY.format(name=node.name)])


def _import_text(lines: list[str], imports: list[ast.Import | ast.ImportFrom]) -> str:
    """The imports as they stand, with the blank lines between their groups."""
    text: list[str] = []
    previous = imports[0].lineno - 1
    for node in imports:
        if text and node.lineno > previous + 1:
            text.append("")
        text += lines[node.lineno - 1 : node.end_lineno]
        previous = node.end_lineno or node.lineno
    return "\n".join(text)


def _text(lines: list[str], node: ast.stmt) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])
