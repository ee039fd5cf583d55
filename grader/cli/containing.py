"""What refuses to run others' code. In: a sandbox. Out: nothing, or a ``SessionError``."""

from __future__ import annotations

from collections.abc import Iterable

from grader.sandbox import Contained
from grader.sandbox.layers import lacking, weak
from grader.session import SessionError


def refuse_weak_containment(layers: tuple[str, ...], unsafe: bool) -> None:
    """Others' code is not run where it could read the answers or reach the network."""
    missing = weak(layers)
    if missing and not unsafe:
        raise SessionError(
            f"{' and '.join(missing)} cannot be had on this machine, so others' code could reach "
            "what it must not. `grader doctor` tells more; --unsafe runs it all the same."
        )


def refuse_less_than(
    required: tuple[str, ...], layers: tuple[str, ...], reasons: Iterable[tuple[str, str]]
) -> None:
    """Nothing is run with less than was required."""
    missing = lacking(required, layers)
    if not missing:
        return
    why = "".join(f"\n  {name}: {reason}" for name, reason in reasons)
    raise SessionError(
        f"--require: {', '.join(missing)} cannot be had on this machine. Nothing was run.{why}\n"
        "`grader doctor` tells how to get it."
    )


def refuse(sandbox: Contained, required: tuple[str, ...], unsafe: bool) -> None:
    """Both, of one sandbox."""
    refuse_weak_containment(sandbox.layers(), unsafe)
    refuse_less_than(required, sandbox.layers(), sandbox.missing())
