"""What is said where students' code runs without containment. In: why. Out: sentences."""

from __future__ import annotations

from grader.cli.show import err
from grader.session import SessionError, why_uncontained


def warn(plain: bool) -> None:
    """A sentence on standard error before code runs that nothing contains."""
    why = why_uncontained(plain)
    if why:
        told = f"Not contained ({why}): the code can do all that you can. Run only your own so."
        err().print(told, markup=False, style="yellow")


def refuse(plain: bool, unsafe: bool) -> None:
    """Others' code is not run where nothing contains it. Raises ``SessionError``."""
    why = why_uncontained(plain)
    if why and not unsafe:
        raise SessionError(
            f"others' code would run without containment ({why}): it could read the answers and "
            "your own files, change them, and use the network. Nothing was run. Grade on Linux "
            "(a container or virtual machine with Linux will do), or say --unsafe to run it all "
            "the same."
        )
