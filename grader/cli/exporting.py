"""``grader export``: stored grades in another format. In: a results folder. Out: a file or standard
output, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.cli.show import err, tell
from grader.model import Grade
from grader.publish import stored_grades
from grader.report.audience import student_view
from grader.report.export import Beside, format_named
from grader.whole import write_pieces

_STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``file`` is ``-`` or ``None`` for standard output; ``staff`` says that
    everything may be told."""

    format: str
    folder: Path
    file: Path | None
    staff: bool


def export(options: Options) -> int:
    """Writes the format; 2 when there is nothing to write."""
    if next(stored_grades(options.folder), None) is None:
        tell(err(), f"There is no result.json below {options.folder}. `grader grade` writes them.")
        return 2
    chosen = format_named(options.format)
    _write(chosen.pieces(_grades(options)), options.file)
    if chosen.beside is not None:
        _append(chosen.beside, _grades(options))
    return 0


def _grades(options: Options) -> Iterator[Grade]:
    found = stored_grades(options.folder)
    return found if options.staff else map(student_view, found)


def _write(pieces: Iterable[str], file: Path | None) -> None:
    data = (piece.encode() for piece in pieces)
    if file is not None and file != _STANDARD_OUTPUT:
        write_pieces(file, data)
        tell(err(), f"wrote {file}", whole=True)
        return
    for piece in data:  # bytes: a format's encoding is not the terminal's
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()


def _append(beside: Beside, grades: Iterable[Grade]) -> None:
    """The second text, where the environment names a file for it, as far as there is room."""
    named = os.environ.get(beside.variable)
    if not named:
        return
    file = Path(named)
    there = file.stat().st_size if file.exists() else 0
    with file.open("ab") as out:
        out.write(beside.text(grades, beside.limit - there).encode())
