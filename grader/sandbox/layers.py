"""Which containment layers a run must have.

In: the layers that hold, by their names in a result. Out: those that are asked for and missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# What a person may ask for, and how the layers that answer it begin.
REQUIRABLE: dict[str, tuple[str, ...]] = {
    "rlimits": ("rlimits",),
    "user": ("distinct user",),
    "namespaces": ("namespaces",),
    "cgroups": ("cgroup memory", "cgroup pids"),
    "landlock": ("landlock",),
    "seccomp": ("seccomp",),
}
ALL = "all"


class UnknownLayerError(ValueError):
    """There is no layer of that name."""


def wanted(text: str) -> tuple[str, ...]:
    """The layers of a list with commas; ``all`` stands for every one.

    Raises ``UnknownLayerError``.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in REQUIRABLE and name != ALL]
    if unknown:
        known = ", ".join((*REQUIRABLE, ALL))
        raise UnknownLayerError(f"there is no layer {unknown[0]!r}. The layers are: {known}.")
    return tuple(REQUIRABLE) if ALL in names else tuple(dict.fromkeys(names))


def lacking(names: Iterable[str], held: Sequence[str]) -> tuple[str, ...]:
    """Those of ``names`` that do not hold, or only in part."""
    return tuple(
        name
        for name in names
        if not all(any(one.startswith(start) for one in held) for start in REQUIRABLE[name])
    )


def weak(held: Sequence[str]) -> tuple[str, ...]:
    """What others' code must not be run without. Landlock and namespaces can stand in for one
    another: with either, no file outside can be read."""
    missing = lacking(("rlimits", "seccomp"), held)
    files = lacking(("landlock", "namespaces"), held)
    return (*missing, *(files if len(files) == 2 else ()))
