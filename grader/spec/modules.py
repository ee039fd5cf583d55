"""What staff's files define, read as text: none of them is imported here.

In: a file's text. Out: a ``Module``, or ``SpecError`` with the line that is not Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.spec.errors import SpecError
from grader.spec.files import read
from grader.spec.reference import Function, bound, functions


@dataclass(frozen=True, slots=True)
class Module:
    """A file's top level: every name it binds, and the functions among them."""

    file: Path
    text: str
    names: frozenset[str]
    functions: Mapping[str, Function]


def module(file: Path, optional: bool = False) -> Module:
    """The file's text and what it defines; nothing where an optional file is not there."""
    text = read(file, optional)
    try:
        return Module(file, text, bound(text, file.name), functions(text, file.name))
    except SyntaxError as error:
        raise SpecError(file, error.lineno or 0, f"it is not Python: {error.msg}") from None
    except ValueError as error:
        raise SpecError(file, 0, f"it is not Python: {error}") from None
