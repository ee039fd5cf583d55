"""The command line: arguments, progress and exit codes. No logic of its own.

In: the arguments. Out: an exit code: 0 all full marks (or the command did its job), 1 something
did not get full marks, 2 wrong usage, 3 the grader's own error.
"""

from grader.cli.app import main

__all__ = ["main"]
