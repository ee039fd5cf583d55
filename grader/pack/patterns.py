"""Case names as the patterns of a check, and back. In: the one. Out: the other."""

from __future__ import annotations

import glob
from collections.abc import Iterable


def patterns_of(names: Iterable[str]) -> tuple[str, ...]:
    """For each name the pattern that only it matches."""
    return tuple(map(glob.escape, names))


def names_of_patterns(patterns: Iterable[str]) -> list[str]:
    """The names again. Raises ``ValueError`` for a pattern that may match several."""
    names = [
        pattern.replace("[*]", "*").replace("[?]", "?").replace("[[]", "[") for pattern in patterns
    ]
    if patterns_of(names) != tuple(patterns):
        raise ValueError(f"not the names of cases: {', '.join(patterns)}")
    return names
