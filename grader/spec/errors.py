"""What is wrong with a declaration, told with file and line. In: a place. Out: an exception."""

from __future__ import annotations

import sys
from pathlib import Path


class SpecError(Exception):
    """Staff's fault: the message names the file, the line and what to do."""

    def __init__(self, file: str | Path, line: int, message: str) -> None:
        place = f"{_from_here(file)}:{line}" if line else _from_here(file)
        super().__init__(f"{place}: {message}")
        self.file, self.line, self.message = str(file), line, message


class RuleError(ValueError):
    """A rule was given what it does not take; the loader adds the place."""


class UnknownTopicError(Exception):
    """Whoever asked named a topic that is not there; the message lists those that are."""


def line_of_caller() -> int:
    """The line of the first frame outside this package: where staff wrote the declaration."""
    frame = sys._getframe(1)
    package = str(Path(__file__).parent)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        frame = frame.f_back
    return frame.f_lineno


def line_in(file: Path, error: BaseException) -> int:
    """The line of ``file`` that the error went through last; 0 if it never did."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _from_here(file: str | Path) -> str:
    """The path as one would type it here: relative where it lies below."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
