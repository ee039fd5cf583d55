"""Whether the machine had more to do than it has processors for.

In: nothing. Out: a ``Strain`` that is started before some work and asked after it. Linux counts the
time in which some process waited for a processor (``/proc/pressure/cpu``, Documentation/accounting/
psi.rst); elsewhere, and where that file is hidden, the load average is what there is.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
_MUCH = 0.1  # of the time


def _waited() -> float | None:
    """Seconds since the start of the machine in which something waited for a processor."""
    try:
        found = re.search(r"^some .*total=(\d+)", _PRESSURE.read_text(), re.M)
    except OSError:
        return None
    return int(found[1]) / 1e6 if found else None


@dataclass(frozen=True, slots=True)
class Strain:
    """What the machine was under since this was made."""

    began: float = field(default_factory=time.monotonic)
    waited: float | None = field(default_factory=_waited)

    def was_much(self) -> bool:
        """Whether work may have taken longer because it had to wait for its turn."""
        waited = _waited()
        if waited is None or self.waited is None:
            return os.getloadavg()[0] > (os.cpu_count() or 1)
        return waited - self.waited > _MUCH * (time.monotonic() - self.began)
