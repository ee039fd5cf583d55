"""Reads a topic's files as text. In: a path. Out: its text, or ``SpecError``."""

from __future__ import annotations

from pathlib import Path

from grader.spec.errors import SpecError


def read(file: Path, optional: bool = False) -> str:
    """The file's text; ``""`` where an optional file is not there."""
    if optional and not file.exists():
        return ""
    try:
        return file.read_bytes().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SpecError(file, line, "this line is not UTF-8: save the file as UTF-8") from None
    except FileNotFoundError:
        raise SpecError(file, 0, "it is missing: every topic has one") from None
    except OSError as error:
        raise SpecError(file, 0, f"it cannot be read: {error.strerror}") from None
