"""Which sandbox there is on this platform. In: what was asked for. Out: a sandbox.

What only Linux has is imported when it is used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from grader.sandbox.plain import PlainSandbox
from grader.sandbox.seam import Sandbox

_CALLS = ("fork", "wait4", "memfd_create", "pidfd_open")
_PLATFORMS = {"darwin": "macOS", "win32": "Windows"}


def can_contain() -> bool:
    """Whether this platform has what a warm process and its layers are made of."""
    return sys.platform == "linux" and all(hasattr(os, call) for call in _CALLS)


def platform_name() -> str:
    """As its users call it."""
    return _PLATFORMS.get(sys.platform, sys.platform)


def open_sandbox(
    home: Path, plain: bool = False, variables: Mapping[str, str] | None = None
) -> Sandbox:
    """A warm process, or with ``plain`` a fresh process a job and no containment. ``home`` is the
    course cache; ``variables`` are what its environment has besides."""
    if plain:
        return PlainSandbox(home, variables=variables or {})
    from grader.sandbox.warm import WarmSandbox

    return WarmSandbox(home, variables=variables or {})
