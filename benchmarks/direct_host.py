"""The limit: jobs done directly in a warm process, with nothing around the student's computing.

In: parts of the libraries as arguments; jobs on standard input, one JSON line each. Out: for each a
JSON line of the CPU and wall seconds of the whole and of every case, in order. Warmed up like the
grader's own warm process.
Each case's inputs are made anew, the seeds are set and the probes run as in the sandbox; there is
no fork, no encoding, no containment, and reading the job is not counted. ``direct`` starts it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from typing import Any

from grader.model import Call, Case, Job
from grader.worker import fixtures
from grader.worker.cases import observe, seed_everything
from grader.worker.folders import own_folder, settle
from grader.worker.jobs import load_job
from grader.worker.load import find_function, load_module
from grader.worker.parts import ALL
from grader.worker.warm import warm_up

Seconds = tuple[float, float]  # CPU, wall


def main(channel: int) -> None:
    """Serves until standard input ends. What the jobs print is lost."""
    warm_up(sys.argv[1:] or ALL)
    gc.collect()
    gc.freeze()
    _say(channel, {"ready": True})
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin.buffer:
            job = load_job(line)
            os.chdir(folder)
            _say(channel, _done(job, folder))
            os.chdir("/")


def _done(job: Job, folder: str) -> dict[str, Any]:
    """One submission and topic: what it takes, and what each of its cases does."""
    cases: list[Seconds] = []
    began = _now()
    probes = load_module(job.probes, "probe.py", "probe")
    module = load_module(job.source, job.file)
    for call in job.calls:
        settle(job, own_folder(folder, call.function))
        function = find_function(module, call.function)
        for case in call.cases:
            start = _now()
            with suppress(BaseException):  # many a case asks for an exception
                _run(function, call, case, probes)
            cases.append(_since(start))
    return {"job": _since(began), "cases": cases}


def _run(function: Any, call: Call, case: Case, probes: Any) -> None:
    seed_everything(case.seed)
    inputs = fixtures.build_inputs(case.inputs, probes)
    seed_everything(case.seed)
    observe(function, call, inputs, probes)


def _now() -> Seconds:
    return time.process_time(), time.monotonic()


def _since(start: Seconds) -> Seconds:
    cpu, wall = _now()
    return cpu - start[0], wall - start[1]


def _say(channel: int, message: object) -> None:
    os.write(channel, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    out = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    main(out)
