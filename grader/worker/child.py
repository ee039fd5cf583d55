"""The process of one submission and topic: closes the sandbox, loads the source, forks.

In: a job file, a channel and a plan of containment, from the warm process by fork. Out: messages
on the channel. From the moment the source is loaded nothing here is trusted any more: the parent
takes what comes as data, and its own clock bounds everything.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.model import Call, Job
from grader.worker import containment, fixtures
from grader.worker.function import run_cases
from grader.worker.jobs import load_job
from grader.worker.limits import HEADER_BYTES
from grader.worker.load import LoadError, as_message, load_module
from grader.worker.supervise import Fork, Report, supervise


def run(job_fd: int, channel: socket.socket, output: int, plan: containment.Plan) -> None:
    """Never returns: the process ends here."""
    try:
        job = _enter(job_fd, channel, output, plan)
    except BaseException as error:
        _send(channel, {"fault": f"{type(error).__name__}: {error}"})
        os._exit(1)
    status = 1
    try:
        _serve(job, channel, plan.read_write[0])
        status = 0
    finally:
        # Whatever was done to this process, a closed channel included: it goes no further.
        os._exit(status)


def _serve(job: Job, channel: socket.socket, scratch: str) -> None:
    try:
        _run_job(job, channel, scratch)
    except LoadError as error:
        _send(channel, {"load": as_message(error.raised)})
    _send(channel, {"end": True})


def _enter(job_fd: int, channel: socket.socket, output: int, plan: containment.Plan) -> Job:
    """Closes the sandbox around this process, proves that honest code still runs, reads the job."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    scratch = plan.read_write[0]
    os.environ.update(HOME=scratch, TMPDIR=scratch, USER="student", LOGNAME="student")
    layers = containment.close_sandbox(plan)
    os.chdir(scratch)
    importlib.import_module("colorsys")  # the canary: lazily imported by nobody else
    _send(channel, {"layers": layers})
    with os.fdopen(job_fd, "rb") as file:
        job = load_job(file.read())
    _settle(job, scratch)
    return job


def _run_job(job: Job, channel: socket.socket, scratch: str) -> None:
    probes = load_module(job.probes, "probe.py", "probe")
    oracles = load_module(job.oracles, "oracle.py", "oracle") if job.oracles else None
    _send(channel, {"loading": True})
    module = load_module(job.source, job.file)
    sys.stdout.flush()
    sys.stderr.flush()
    _send(channel, {"loaded": True})
    gc.freeze()
    containment.become_subreaper()
    for call in job.calls:
        for report in _call(job, call, scratch, module, probes, oracles):
            _pass_on(channel, call, report)


def _call(
    job: Job,
    call: Call,
    scratch: str,
    module: ModuleType,
    probes: ModuleType,
    oracles: ModuleType | None,
) -> Any:
    known = frozenset(Path(scratch).iterdir())

    def start(waiting: list[int]) -> Fork:
        cases = {number: call.cases[number] for number in waiting}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(writing, True)
        pid = os.fork()
        if pid == 0:
            ours.close()
            os.close(reading)
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            _settle(job, _own_folder(scratch, call.function))
            run_cases(module, probes, oracles, call, cases, theirs, job.file)
            os._exit(0)
        theirs.close()
        os.close(writing)
        return Fork(pid, ours, reading)

    def finish(fork: Fork) -> None:
        fork.channel.close()
        os.close(fork.output)
        containment.sweep()
        _clear(scratch, known)

    return supervise(call, start, finish, job.isolate)


def _own_folder(scratch: str, function: str) -> str:
    """A folder of the fork's own: what one function writes, no other function finds."""
    folder = Path(scratch, function)
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    return str(folder)


def _clear(scratch: str, known: frozenset[Path]) -> None:
    """Removes what a fork left in the scratch folder, wherever in it."""
    for path in Path(scratch).iterdir():
        if path in known:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _settle(job: Job, folder: str) -> None:
    """Temporary files go to ``folder``; so do the data sets' caches, for code that speaks of any
    (it takes some milliseconds, and most topics need none)."""
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = folder
    if "dataset" in job.source:
        fixtures.use_scratch(folder)


def _pass_on(channel: socket.socket, call: Call, report: Report) -> None:
    message = {**report.message, "function": call.function, "doubles": call.doubles}
    data = json.dumps(message).encode()
    if len(data) > HEADER_BYTES:
        data = json.dumps({**message, "output": ""}).encode()
    if report.frame is None:
        channel.send(data)
        return
    socket.send_fds(channel, [data], [report.frame])
    os.close(report.frame)


def _send(channel: socket.socket, message: dict[str, Any]) -> None:
    channel.send(json.dumps(message).encode())
