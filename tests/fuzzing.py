"""What the property tests of hostile bytes share: how often they try, and blind changes of bytes.

A few seconds in CI; fifty times as often with GRADER_ALL=1, as ``make prove`` does. The
coverage-guided runs of the same properties are ``make fuzz``.
"""

from __future__ import annotations

import os
import random
import tracemalloc
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, settings

WHOLE = os.environ.get("GRADER_ALL") == "1"
_Result = TypeVar("_Result")


def tried(times: int) -> settings:
    """Settings for a property that is tried so often. No deadline: nothing here is a timing."""
    return settings(
        max_examples=times * (50 if WHOLE else 1),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def blindly(chance: random.Random) -> Callable[[bytes], bytes]:
    """A change of bytes that knows nothing of them: a bit, a cut, a piece twice or elsewhere."""

    def change(data: bytes) -> bytes:
        at, to = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        what = chance.randrange(5)
        if what == 0 and data:
            at = min(at, len(data) - 1)
            return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        if what == 1:
            return data[:at]
        if what == 2:
            return data[:at] + data[to:]
        if what == 3:
            return data[:to] + data[at:]
        return data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[to:]

    return change


def peak_of(does: Callable[[], _Result]) -> tuple[_Result, int]:
    """What ``does`` gives, and the most bytes that were allocated at a time while it ran."""
    tracemalloc.start()
    try:
        result = does()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
