"""A student's source text to a module, and what went wrong to data.

In: text. Out: a module, or the ``Raised`` that says where loading failed. Runs in the student's
process, behind the closed sandbox.
"""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

from grader.model import Frame, Raised
from grader.worker.limits import MESSAGE_TEXT

MODULE = "solution"
_FRAMES = 12


class LoadError(Exception):
    """The source could not be loaded; ``raised`` is what the student is told."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.message)
        self.raised = raised


def load_module(source: str, file: str, name: str = MODULE) -> ModuleType:
    """Runs ``source`` as the module ``name``. Raises ``LoadError`` whatever it raises, ``exit``
    included."""
    module = ModuleType(name)
    module.__file__ = file
    # inspect.getsource and tracebacks find the text here: there is no such file on the disk.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    sys.modules[name] = module
    try:
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        raise LoadError(describe(error, file, "load")) from None
    return module


def find_function(module: ModuleType, name: str) -> Callable[..., Any]:
    """The student's function. Raises ``LoadError`` when there is none of that name."""
    function = module.__dict__.get(name)
    if callable(function):
        return function  # type: ignore[no-any-return]
    what = "is not a function" if name in module.__dict__ else "is not there"
    raise LoadError(Raised("NameError", f"`{name}` {what}", ("NameError",), stage="lookup"))


def describe(error: BaseException, file: str, stage: str) -> Raised:
    """An exception as data: its class and bases, its message, the student's own frames."""
    return Raised(
        type=type(error).__name__[:120],
        message=_message(error),
        classes=tuple(kind.__name__[:120] for kind in type(error).__mro__[:12]),
        frames=_own_frames(error, file),
        stage=stage,
    )


def as_message(raised: Raised) -> dict[str, Any]:
    """``raised`` as the JSON that travels on the channel."""
    return {
        "kind": "raised",
        "type": raised.type,
        "message": raised.message,
        "classes": raised.classes,
        "frames": [[frame.line, frame.function] for frame in raised.frames],
        "stage": raised.stage,
    }


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)[:MESSAGE_TEXT]
    try:
        return str(error)[:MESSAGE_TEXT]
    except BaseException as second:
        return f"(its message could not be made: {type(second).__name__})"


def _own_frames(error: BaseException, file: str) -> tuple[Frame, ...]:
    if isinstance(error, SyntaxError) and error.filename == file:
        return (Frame(error.lineno or 0, ""),)
    own = [
        Frame(line or 0, frame.f_code.co_name[:120])
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == file
    ]
    return tuple(own[-_FRAMES:])
