"""Sandboxes that begin while the rest of a command is still being imported.

In: how many of them are going to be wanted. Out: a pool for the command's session. It takes a
command longer to import itself than to start a process, and that process takes seconds: so what
this module imports is little.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.location import where_built
from grader.sandbox import Pool, can_contain, platform_name


@contextmanager
def begun(number: int, plain: bool) -> Iterator[Pool | None]:
    """A pool in which what takes long about so many sandboxes has begun; ``None`` for none of them,
    and where the course cache has to be built first. It ends with the block. With ``plain`` nothing
    contains the code."""
    home = where_built() if number else None
    if home is None:
        yield None
        return
    with new_pool(home, plain) as pool:
        pool.expect(number, soon=True)
        yield pool


def new_pool(home: Path, plain: bool) -> Pool:
    """One of the kind that there is here, on the course cache in ``home``."""
    return Pool(home, plain=bool(why_uncontained(plain)))


def why_uncontained(asked: bool) -> str:
    """Why code runs without containment; ``""`` where it is contained. ``asked``: with --plain."""
    if not can_contain():
        return f"{platform_name()} has nothing to contain it with"
    return "you said --plain" if asked else ""


def slots(asked: int) -> int:
    """How many submissions to run at once; 0 means one a core."""
    if asked:
        return asked
    own = getattr(os, "sched_getaffinity", None)  # those that this process may use, on Linux
    return len(own(0)) if own else os.cpu_count() or 1
