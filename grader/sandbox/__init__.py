"""Runs jobs where they can do no harm: ``run(Job) -> Observation`` is the seam.

In: jobs. Out: observations. ``WarmSandbox`` runs them in children of a warm process, and is there
on Linux alone; ``PlainSandbox`` runs them in fresh processes, contains nothing, and is there on
every platform. ``open_sandbox`` opens either, ``Pool`` keeps several; ``FakeSandbox`` stands in for
them in tests. Anything that has ``run`` can take their place. ``parts_in`` says what a text needs
of the libraries, which decides what they import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.sandbox.choose import can_contain, open_sandbox, platform_name
from grader.sandbox.fake import FakeSandbox
from grader.sandbox.guard import Guard, Guarded, no_guard
from grader.sandbox.plain import PlainSandbox
from grader.sandbox.pool import Leasing, Pool
from grader.sandbox.seam import (
    Contained,
    GivenUpError,
    NoRunnerError,
    Runner,
    Sandbox,
    SandboxError,
)
from grader.worker.parts import parts_in

if TYPE_CHECKING:
    from grader.sandbox.warm import WarmSandbox

__all__ = [
    "Contained",
    "FakeSandbox",
    "GivenUpError",
    "Guard",
    "Guarded",
    "Leasing",
    "NoRunnerError",
    "PlainSandbox",
    "Pool",
    "Runner",
    "Sandbox",
    "SandboxError",
    "WarmSandbox",
    "can_contain",
    "no_guard",
    "open_sandbox",
    "parts_in",
    "platform_name",
]


def __getattr__(name: str) -> Any:
    """``WarmSandbox`` when it is asked for: other platforms cannot import it."""
    if name != "WarmSandbox":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader.sandbox.warm import WarmSandbox

    return WarmSandbox
