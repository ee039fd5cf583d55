"""Errors as sentences and exit codes. In: a command. Out: its exit code.

A sentence may hold a name or words that a stranger chose (a file of a class, a result that was
made up), so each is made fit for a terminal and for a CI job's log before it is told.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

USAGE, OWN, STOPPED = 2, 3, 130


def told(app: Callable[..., object]) -> int:
    """Runs the app. Staff's and students' faults are told in a sentence; the grader's own with
    what to send to its makers."""
    try:
        code = app(standalone_mode=False)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else USAGE
    except KeyboardInterrupt:
        return _stopped()
    except BrokenPipeError:
        # Whoever read our output has closed it, as `| head` does: nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _tell(error)
    if code == STOPPED:  # Ctrl-C, which the library below has taken
        return _stopped()
    return code if isinstance(code, int) else 0


def _stopped() -> int:
    _say("Stopped. What was finished is kept.")
    return STOPPED


def _tell(error: Exception) -> int:
    from grader.baseline import BaselineError
    from grader.course.location import CourseCacheError
    from grader.new import NewTopicError
    from grader.report.result import ResultError
    from grader.sandbox import NoRunnerError, SandboxError
    from grader.session import SessionError
    from grader.spec import SpecError, UnknownTopicError
    from grader.store import StoreError
    from grader.submission import ReaderError

    if hasattr(error, "format_message"):  # the command line itself was not understood
        return _tell_usage(error)
    if isinstance(error, (NewTopicError, SessionError, UnknownTopicError)):
        _say(f"grader: {error}")
        return USAGE
    known = (
        *(BaselineError, CourseCacheError, NoRunnerError, ReaderError, ResultError),
        *(OSError, SandboxError, SpecError, StoreError),
    )
    if isinstance(error, known):
        _say(f"grader: {error}")
        return OWN
    _say("".join(traceback.format_exception(error)).rstrip())
    _say(
        "grader: this is a fault of the grader's own, not of a submission. Please report it with "
        "the lines above."
    )
    return OWN


def _tell_usage(error: Any) -> int:
    """What typer has to say of the arguments, in our own way: its box prints them as they are."""
    context = getattr(error, "ctx", None)
    sentence = error.format_message()
    if sentence:  # none where no argument was given and the help has been printed
        _say(f"grader: {sentence}")
        if context is not None:
            _say(f"{context.get_usage()}\nTry `{context.command_path} --help`.")
    return USAGE


def _say(text: str) -> None:
    from grader.report.inert import inert
    from grader.report.text import clean

    print(inert(clean(text, 100_000)), file=sys.stderr)
