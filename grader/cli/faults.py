"""Errors as sentences and exit codes. In: a command. Out: its exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

USAGE, OWN, STOPPED = 2, 3, 130


def told(app: Callable[..., object]) -> int:
    """Runs the app. Staff's and students' faults are told in a sentence; the grader's own with
    what to send to its makers."""
    try:
        app()
    except SystemExit as error:
        if error.code == STOPPED:  # Ctrl-C, which the library below has taken
            return _stopped()
        return error.code if isinstance(error.code, int) else USAGE
    except KeyboardInterrupt:
        return _stopped()
    except BrokenPipeError:
        # Whoever read our output has closed it, as `| head` does: nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _tell(error)
    return 0


def _stopped() -> int:
    print("Stopped. What was finished is kept.", file=sys.stderr)
    return STOPPED


def _tell(error: Exception) -> int:
    from grader.baseline import BaselineError
    from grader.course.location import CourseCacheError
    from grader.new import NewTopicError
    from grader.report.result import ResultError
    from grader.sandbox import SandboxError
    from grader.session import SessionError
    from grader.spec import SpecError, UnknownTopicError

    if isinstance(error, (NewTopicError, SessionError, UnknownTopicError)):
        print(f"grader: {error}", file=sys.stderr)
        return USAGE
    known = (BaselineError, CourseCacheError, ResultError, SandboxError, SpecError, OSError)
    if isinstance(error, known):
        print(f"grader: {error}", file=sys.stderr)
        return OWN
    traceback.print_exc()
    print(
        "grader: this is a fault of the grader's own, not of a submission. Please report it with "
        "the lines above.",
        file=sys.stderr,
    )
    return OWN
