"""What a worker does: it keeps one warm process, runs one job at a time in it, and tells of itself.

In: a job as bytes. Out: an observation as bytes. The warm process is started by exec when the
worker starts, and ends with it: told to, or because its socket closes when the worker is killed.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker

from grader.archive import dump_observation
from grader.cluster.words import FAULT, LEAVING, OBSERVATION, Facts, Report, dump_report
from grader.course.location import CourseCacheError, ensure_built
from grader.fair import Gate, run_fairly
from grader.sandbox import SandboxError, can_contain, open_sandbox, platform_name
from grader.versions import stamp
from grader.worker.jobs import load_job

if TYPE_CHECKING:
    from grader.sandbox import Sandbox

NAME = "grader"
_NO_PRELOAD = "it was started without `--preload grader.cluster.preload`"
_LOG = logging.getLogger("distributed.grader")  # Dask shows what is below its own name


def facts_of(home: Path) -> Facts:
    """What must be the same on every machine: what results depend on, and Dask itself."""
    return (*stamp(home), ("distributed", version("distributed")))


def run_job(data: bytes) -> bytes:
    """The one task there is. Never raises: what went wrong is in the bytes."""
    return held_by(get_worker()).run(data)


def greet(dask_worker: Any) -> bytes:
    """The worker's report; answered beside whatever job it runs."""
    return dump_report(held_by(dask_worker).report)


def held_by(worker: Any) -> WarmPlugin | Nothing:
    """The plugin of that worker."""
    found = worker.plugins.get(NAME)
    return found if isinstance(found, WarmPlugin) else Nothing()


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a worker has that was started without the preload."""

    report: Report = field(default_factory=lambda: Report(fault=_NO_PRELOAD))

    def run(self, _: bytes) -> bytes:
        return FAULT + self.report.fault.encode()


@dataclass(eq=False)
class WarmPlugin(WorkerPlugin):  # type: ignore[misc]  # Dask's classes have no types here
    """The worker's warm process. ``report`` is ready once it has started."""

    name: str = NAME
    report: Report = field(default_factory=Report)
    _sandbox: Sandbox | None = None
    _leaving: bool = False

    async def setup(self, worker: Any) -> None:
        """Starts it; the worker is not known to the scheduler before that is done."""
        self.report = await asyncio.to_thread(self._open)
        if self.report.fault:
            _LOG.error("This worker can run nothing: %s", self.report.fault)

    async def teardown(self, worker: Any) -> None:
        """Ends it, under whatever job it runs: that job is handed back."""
        self._leaving = True
        if self._sandbox is not None:
            await asyncio.to_thread(self._sandbox.close)

    def run(self, data: bytes) -> bytes:
        """The job's observation, or why there is none."""
        if self._sandbox is None:
            return FAULT + self.report.fault.encode()
        try:
            # Who was kept waiting on this machine is seen here alone.
            return OBSERVATION + dump_observation(run_fairly(load_job(data), self._sandbox, Gate()))
        except SandboxError as error:
            said = str(error)
        except Exception:  # ours, and no student's: told in full
            said = traceback.format_exc()[-4000:]
        return LEAVING if self._leaving else FAULT + said.encode()

    def _open(self) -> Report:
        if not can_contain():
            return Report(fault=f"nothing contains students' code on {platform_name()}")
        try:
            home = ensure_built(_LOG.info)
            sandbox = self._sandbox = open_sandbox(home)
            return Report(facts_of(home), sandbox.layers(), sandbox.missing())
        except (CourseCacheError, SandboxError, OSError) as error:
            return Report(fault=str(error))
