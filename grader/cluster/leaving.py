"""A worker that is told to end. In: SIGTERM. Out: its job's result, then its end; what it has not
begun goes back to whoever gave it.

Dask's own worker would vanish in the middle of a job, which looks like a crash.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Any

from distributed.core import Status

# Slurm kills 30 seconds after it has asked (KillWait), and so does Kubernetes.
_FINISHING = 20.0
_FETCHING = 3.0
_TICK = 0.05


def leave_politely(worker: Any) -> None:
    """From now on SIGTERM and SIGINT let the worker finish what it runs."""
    loop = asyncio.get_running_loop()
    kept: list[asyncio.Task[None]] = []  # the loop itself holds its tasks weakly

    def leave() -> None:
        if not kept:
            kept.append(loop.create_task(_leave(worker)))

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)


async def _leave(worker: Any) -> None:
    worker.status = Status.closing_gracefully  # begins nothing more; the scheduler is told
    await _until(lambda: not worker.state.executing, _FINISHING)
    await _until(lambda: not worker.data, _FETCHING)
    try:
        # Taken off the list first: else the scheduler would take its end for a crash.
        away = worker.scheduler.retire_workers(
            workers=[worker.address], close_workers=False, remove=True, stimulus_id="told to end"
        )
        await asyncio.wait_for(away, _FETCHING)
    except (TimeoutError, OSError):  # no scheduler any more: nobody to be polite to
        pass
    await worker.close(reason="told to end")


async def _until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        await asyncio.sleep(_TICK)
