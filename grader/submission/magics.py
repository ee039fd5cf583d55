"""From what Jupyter runs to what Python runs. Runs in the reading process only.

In: the lines of a cell. Out: lines of Python, each with the number of the line it came from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

# Their body runs in the notebook's own namespace; any other cell magic's runs elsewhere.
_KEEP_BODY = frozenset({"time", "timeit", "capture"})
_CELL_MAGIC = re.compile(r"%%(\S*)")
# ``%time x = f()`` binds x, as the plain statement does.
_TIMED = re.compile(r"get_ipython\(\)\.run_line_magic\('time', (['\"].*['\"])\)$")
# In one cell. IPython reads the whole cell again for each, so many cost minutes.
_MOST_MAGICS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line of Python, and which line of its cell it came from (from 1)."""

    text: str
    number: int


def without_cell_magics(lines: Sequence[str]) -> tuple[list[Line], str]:
    """The cell's lines, and the name of the magic because of which the cell is dropped, if any."""
    kept = [Line(text, number) for number, text in enumerate(lines, 1)]
    for index, line in enumerate(kept):
        found = _CELL_MAGIC.match(line.text.lstrip())
        if found is None and line.text.strip():
            break
        if found and found[1] not in _KEEP_BODY:
            return [], found[1]
        kept[index] = Line("", line.number)
    return kept, ""


def plain_python(lines: list[Line]) -> list[Line]:
    """The lines with magics, shell escapes and prompts turned into calls of ``get_ipython``.

    A cell that is Python already stays as it is. Raises SyntaxError, and what IPython raises
    on text that is neither.
    """
    if _is_python(lines):
        return lines
    manager = TransformerManager()
    for transform in manager.cleanup_transforms:
        lines = _applied(transform, lines)
    for transform in manager.line_transforms:
        lines = _applied(transform, lines)
    lines = _without_tokens_of_ipython(manager, lines)
    return [Line(_untimed(line.text), line.number) for line in lines]


def _is_python(lines: list[Line]) -> bool:
    try:
        ast.parse("\n".join(line.text for line in lines))
    except SyntaxError:
        return False
    return True


def _without_tokens_of_ipython(manager: TransformerManager, lines: list[Line]) -> list[Line]:
    """One escape at a time, so that each line's number stays known."""
    for _ in range(_MOST_MAGICS):
        changed, after = manager.do_one_token_transform(_with_ends(lines))
        if not changed:
            return lines
        lines = _numbered(lines, after)
    raise SyntaxError(f"more than {_MOST_MAGICS} magics in one cell")


def _applied(transform: Callable[[list[str]], list[str]], lines: list[Line]) -> list[Line]:
    return _numbered(lines, transform(_with_ends(lines)))


def _with_ends(lines: list[Line]) -> list[str]:
    return [f"{line.text}\n" for line in lines]


def _numbered(before: list[Line], after: list[str]) -> list[Line]:
    """``after``, the outcome of one change to ``before``, with the numbers carried over."""
    texts = [text.removesuffix("\n") for text in after]
    numbers = [line.number for line in before]
    if len(texts) != len(before):
        numbers = _spliced(numbers, [line.text for line in before], texts)
    return [Line(text, number) for text, number in zip(texts, numbers, strict=True)]


def _spliced(numbers: list[int], before: list[str], after: list[str]) -> list[int]:
    """Numbers for ``after``: what changed lies between a common head and a common tail."""
    shorter = min(len(before), len(after))
    tail = _common(before[::-1], after[::-1], shorter)
    head = _common(before, after, shorter - tail)
    changed = len(after) - head - tail
    first = numbers[min(head, len(numbers) - 1)] if numbers else 1
    return [*numbers[:head], *[first] * changed, *numbers[len(before) - tail :]]


def _common(one: list[str], other: list[str], most: int) -> int:
    return next((n for n in range(most) if one[n] != other[n]), most)


def _untimed(text: str) -> str:
    found = _TIMED.search(text)
    return text[: found.start()] + str(ast.literal_eval(found[1])) if found else text
