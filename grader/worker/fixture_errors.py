"""The one exception of the fixtures."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch


class FixtureError(Exception):
    """A fixture cannot be made: staff named it or its arguments wrongly. Never the student's
    fault."""


def one_of(what: str, got: object, allowed: Collection[object]) -> None:
    """Raises ``FixtureError`` unless ``got`` is among ``allowed``."""
    if got not in allowed:
        raise FixtureError(f"{what} is {got!r}, but must be one of {', '.join(map(str, allowed))}")


def as_dtype(name: str) -> Any:
    """``"float64"`` to ``torch.float64``."""
    dtype = getattr(torch, name, None) if isinstance(name, str) else None
    if not isinstance(dtype, torch.dtype):
        raise FixtureError(f"dtype is {name!r}, but must be the name of a torch dtype")
    return dtype
