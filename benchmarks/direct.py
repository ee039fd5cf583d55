"""Jobs done directly in a warm process, with nothing around them: the limit for any grader.

In: jobs. Out: the seconds that each takes, and its cases. ``direct_host`` is the process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.location import environment
from grader.model import Job
from grader.sandbox.environment import clean_environment
from grader.worker.jobs import dump_job
from grader.worker.parts import ALL

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    cpu: float
    wall: float


class Direct:
    """A context manager: the process that does jobs directly. ``parts`` of the libraries are
    imported beforehand."""

    def __init__(self, home: Path, parts: Iterable[str] = ALL) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.direct_host", *parts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=clean_environment(environment(home)),
        )

    def __enter__(self) -> Direct:
        self._heard()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def run(self, job: Job) -> tuple[Spent, Spent]:
        """The job in all, and its cases together."""
        assert self._process.stdin is not None
        self._process.stdin.write(dump_job(job) + b"\n")
        self._process.stdin.flush()
        said = self._heard()
        return Spent(*said["job"]), Spent(*map(sum, zip(*said["cases"], strict=True)))

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process for the limit ended with {self._process.wait()}")
        return json.loads(line)
