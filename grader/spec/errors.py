"""What is wrong with a declaration, told with file and line. In: a place. Out: an exception."""

from __future__ import annotations

import sys
from pathlib import Path


class SpecError(Exception):
    """Staff's fault: the message names the file, the line and what to do."""

    def __init__(self, file: str | Path, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file, self.line, self.message = str(file), line, message


class UnknownTopicError(Exception):
    """Whoever asked named a topic that is not there; the message lists those that are."""


def line_of_caller() -> int:
    """The line of the first frame outside this package: where staff wrote the declaration."""
    frame = sys._getframe(1)
    package = str(Path(__file__).parent)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        frame = frame.f_back
    return frame.f_lineno
