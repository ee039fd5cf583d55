"""A job in one process, case after case, without forks.

In: the job and, one at a time, its cases. Out: what is said of each, and its frame. Functions
share the loaded module here; in the sandbox each has one to itself. Of what one leaves behind, its
files go, and its stand-ins for siblings and torch's own switches are put back.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from grader.model import Call, Job
from grader.worker.cases import run_case
from grader.worker.folders import delete, own_folder, settle
from grader.worker.jobs import load_cases, load_job
from grader.worker.load import LoadError, load_module

_FOLDERS = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")
_PEOPLE = ("USER", "LOGNAME", "USERNAME")
_ABSENT = object()


class ProbeError(Exception):
    """Staff's own code could not be loaded."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A job whose folder is entered, with staff's code loaded."""

    job: Job
    scratch: Path
    probes: ModuleType
    oracles: ModuleType | None


def begin(data: bytes, scratch: str) -> Begun:
    """Gives the process a home, a user and a folder like those in the sandbox, and loads what is
    staff's. Raises ``ProbeError``."""
    job = load_job(data)
    os.environ.update(dict.fromkeys(_FOLDERS, scratch) | dict.fromkeys(_PEOPLE, "student"))
    os.chdir(scratch)
    settle(job, scratch)
    try:
        probes = load_module(job.probes, "probe.py", "probe")
        oracles = load_module(job.oracles, "oracle.py", "oracle") if job.oracles else None
    except LoadError as error:
        raise ProbeError(f"staff's {error.raised.type}: {error.raised.message}") from None
    return Begun(job, Path(scratch), probes, oracles)


def load(begun: Begun) -> Work:
    """Loads what is the student's. Raises ``LoadError``."""
    try:
        module = load_module(begun.job.source, begun.job.file)
    finally:
        _flush()
    return Work(begun, module, frozenset(begun.scratch.iterdir()), Switches.now())


@dataclass(frozen=True, slots=True)
class Switches:
    """What torch is set to for the whole process."""

    grad: bool
    dtype: torch.dtype
    threads: int

    @classmethod
    def now(cls) -> Switches:
        return cls(torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads())

    def put_back(self) -> None:
        torch.set_grad_enabled(self.grad)
        torch.set_default_dtype(self.dtype)
        torch.set_num_threads(self.threads)


@dataclass(slots=True)
class Work:
    """The loaded job. ``known`` lay in the scratch folder, and ``switches`` were torch's, before
    any function ran."""

    begun: Begun
    module: ModuleType
    known: frozenset[Path]
    switches: Switches
    _turn: tuple[int, bool] | None = None
    _replaced: dict[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.begun.job.calls

    def run(self, index: int, data: bytes) -> tuple[dict[str, Any], bytes | None]:
        """Runs the one case in ``data`` with the call of that index."""
        ((_, case),) = load_cases(data).items()
        if self._turn != (index, case.public):
            self._turn = index, case.public
            self._turn_to(self.calls[index])
        probes, oracles, file = self.begun.probes, self.begun.oracles, self.begun.job.file
        began, used = time.monotonic(), time.process_time()
        done, frame = run_case(self.module, probes, oracles, self.calls[index], case, file)
        _flush()
        return done | {
            "wall": time.monotonic() - began,
            "cpu": time.process_time() - used,
        }, frame

    def _turn_to(self, call: Call) -> None:
        """Another function's turn, or that of the hidden cases: what was left behind goes."""
        self.switches.put_back()
        os.chdir(self.begun.scratch)  # no folder can be removed that one is in
        for path in self.begun.scratch.iterdir():
            if path not in self.known:
                delete(path)
        self._stand_in(call)
        settle(self.begun.job, own_folder(str(self.begun.scratch), call.function))

    def _stand_in(self, call: Call) -> None:
        names = self.module.__dict__
        for name, own in self._replaced.items():
            if own is _ABSENT:
                names.pop(name, None)
            else:
                names[name] = own
        self._replaced = {name: names.get(name, _ABSENT) for name in call.doubles}
        for name in call.doubles:
            names[name] = getattr(self.begun.probes, f"double_{name}")


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
