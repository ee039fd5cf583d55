"""The code cells of a notebook document. Runs in the reading process only.

In: the bytes of an ``.ipynb`` of any format version. Out: its code cells as plain lines.

Written by hand where nbformat exists: nbformat gives up on a whole notebook over one odd cell,
and students' notebooks come hand-merged, truncated by editors and without metadata.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from grader.submission.limits import CELLS, NOTEBOOK_LINES

_SAVE = "Open it in Jupyter and save it again."


class NotANotebookError(Exception):
    """The bytes are no notebook. Its text goes on after the file's name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell. ``number`` counts all cells from 1, as people do."""

    number: int
    lines: tuple[str, ...]


def code_cells(data: bytes) -> tuple[Cell, ...]:
    """The code cells in order. Raises NotANotebookError."""
    listed = _listed(_document(data))
    if len(listed) > CELLS:
        raise NotANotebookError(f"has more than {CELLS:,} cells.")
    cells = tuple(
        Cell(number, tuple(_source(cell).split("\n")))
        for number, cell in enumerate(listed, 1)
        if isinstance(cell, dict) and cell.get("cell_type", "code") == "code"
    )
    if sum(len(cell.lines) for cell in cells) > NOTEBOOK_LINES:
        raise NotANotebookError(f"has more than {NOTEBOOK_LINES:,} lines of code.")
    return cells


def _document(data: bytes) -> dict[str, Any]:
    if not data.strip():
        raise NotANotebookError(f"is empty. {_SAVE}")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotANotebookError(
            f"is not a notebook: it is not valid JSON ({where}). {_SAVE}"
        ) from None
    except UnicodeDecodeError as error:
        why = f"byte {error.start} is not UTF-8"
        raise NotANotebookError(f"is not a notebook: {why}. {_SAVE}") from None
    except (ValueError, RecursionError, MemoryError):
        raise NotANotebookError(f"is not a notebook: it is nested too deep. {_SAVE}") from None
    if not isinstance(document, dict):
        raise NotANotebookError(f"is not a notebook: it has no cells. {_SAVE}")
    return document


def _listed(document: dict[str, Any]) -> list[Any]:
    """All cells: the format's version 4 has one list, versions 2 and 3 one a worksheet."""
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        raise NotANotebookError(f"is not a notebook: it has no cells. {_SAVE}")
    held = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in held if isinstance(cells, list) for cell in cells]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    text = source if isinstance(source, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n")
