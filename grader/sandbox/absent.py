"""The layers of containment on a platform that has none. In: nothing. Out: a line for each.

The same fields as a ``Layer`` of ``worker.containment``, which only Linux can import.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.sandbox.choose import platform_name
from grader.sandbox.layers import REQUIRABLE


@dataclass(frozen=True, slots=True)
class Absent:
    """A layer that cannot be had."""

    name: str
    detail: str
    available: bool = False
    consequence_if_missing: str = (
        "code runs in a plain fresh process, as the user who started the grader: `grader check` "
        "runs your own so, `grader grade` refuses others' unless told --unsafe"
    )
    how_to_get_it: str = "run the grader on Linux; a container or virtual machine with it will do"


def absent() -> tuple[Absent, ...]:
    """Every layer that a person can require."""
    return tuple(Absent(name, f"not on {platform_name()}") for name in REQUIRABLE)
