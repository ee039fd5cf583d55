"""Which sandbox there is on this platform. In: what was asked for. Out: a sandbox.

What only Linux has is imported when it is used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from grader.sandbox.plain import PlainSandbox
from grader.sandbox.seam import Sandbox
from grader.worker.parts import ALL

if TYPE_CHECKING:
    from grader.sandbox.starting import Zygote

_CALLS = ("fork", "wait4", "memfd_create", "pidfd_open")
_PLATFORMS = {"darwin": "macOS", "win32": "Windows"}


def can_contain() -> bool:
    """Whether this platform has what a warm process and its layers are made of."""
    return sys.platform == "linux" and all(hasattr(os, call) for call in _CALLS)


def platform_name() -> str:
    """As its users call it."""
    return _PLATFORMS.get(sys.platform, sys.platform)


def new_zygote(home: Path, parts: frozenset[str] = ALL) -> Zygote:
    """What the warm processes of several slots are forked from."""
    from grader.sandbox.starting import Zygote

    return Zygote(home, parts=parts)


def open_sandbox(
    home: Path,
    plain: bool = False,
    variables: Mapping[str, str] | None = None,
    zygote: Zygote | None = None,
    parts: frozenset[str] = ALL,
) -> Sandbox:
    """A warm process, or with ``plain`` a fresh process a job and no containment. ``home`` is the
    course cache; ``variables`` are what its environment has besides, unless it is a fork of a
    ``zygote``, which has its own; ``parts`` what it imports of the libraries to begin with."""
    if plain:
        return PlainSandbox(home, variables=variables or {}, parts=parts)
    from grader.sandbox.warm import WarmSandbox

    return WarmSandbox(home, variables=variables or {}, zygote=zygote, parts=parts)
