"""What the grader's scheduler does otherwise than Dask's. In: a scheduler. Out: its own name.

Runs in the scheduler's process, called by its name.
"""

from __future__ import annotations

from typing import Any


def settle(dask_scheduler: Any) -> str:
    """A task whose worker ends is told so at once, and never tried again by the scheduler: it
    would be tried beside others, and all of them be blamed for the next worker it ends."""
    dask_scheduler.allowed_failures = 0
    return str(dask_scheduler.id)
