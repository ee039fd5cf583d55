"""What is said where students' code runs without containment. In: why. Out: sentences."""

from __future__ import annotations

from grader.cli.show import err, tell
from grader.early import why_uncontained
from grader.sandbox import can_contain
from grader.session import SessionError


def warn(plain: bool) -> None:
    """A sentence on standard error before code runs that nothing contains."""
    why = why_uncontained(plain)
    if why:
        told = f"Without containment ({why}) code can do all that you can: run only your own."
        tell(err(), told, "yellow")


def refuse(plain: bool, unsafe: bool) -> None:
    """Others' code is not run where nothing contains it. Raises ``SessionError``."""
    why = why_uncontained(plain)
    if not why or unsafe:
        return
    instead = (
        "Leave --plain out"
        if can_contain()
        else "Grade on Linux (a container or a virtual machine with Linux will do)"
    )
    raise SessionError(
        f"without containment ({why}) others' code could read the answers and your own files, "
        f"change them, and use the network. Nothing was run. {instead}; --unsafe runs it all the "
        "same."
    )
