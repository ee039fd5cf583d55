"""The process of one submission and topic: closes the sandbox, loads the source, forks.

In: a job file, a channel and a plan of containment, from the warm process by fork. Out: messages
on the channel. The hidden cases are asked for when all public ones are done. From the moment the
source is loaded nothing here is trusted any more: the parent takes what comes as data, and its own
clock bounds everything.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any

from grader.model import Call
from grader.worker import containment
from grader.worker.channel import joined, receive
from grader.worker.folders import settle
from grader.worker.forks import Forks
from grader.worker.jobs import Cases, Opening, load_hidden, load_opening
from grader.worker.limits import HEADER_BYTES
from grader.worker.load import LoadError, as_message, load_module
from grader.worker.supervise import Report


def run(job_fd: int, channel: socket.socket, output: int, plan: containment.Plan) -> None:
    """Never returns: the process ends here."""
    try:
        opening = _enter(job_fd, channel, output, plan)
    except BaseException as error:
        _send(channel, {"fault": f"{type(error).__name__}: {error}"})
        os._exit(1)
    status = 1
    try:
        _serve(opening, channel, plan.read_write[0])
        status = 0
    finally:
        # Whatever was done to this process, a closed channel included: it goes no further.
        os._exit(status)


def _serve(opening: Opening, channel: socket.socket, scratch: str) -> None:
    try:
        _run_job(opening, channel, scratch)
    except LoadError as error:
        _send(channel, {"load": as_message(error.raised)})
    _send(channel, {"end": True})


def _enter(job_fd: int, channel: socket.socket, output: int, plan: containment.Plan) -> Opening:
    """Closes the sandbox around this process, proves that honest code still runs, reads the job."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    scratch = plan.read_write[0]
    own = {"HOME": scratch, "TMPDIR": scratch, "USER": "student", "LOGNAME": "student"}
    # One by one: `os.environ.update` asks what a mapping is, which copies 330 pages of classes.
    for name, value in own.items():
        os.environ[name] = value
    closed = containment.close_sandbox(plan)
    os.chdir(scratch)
    importlib.import_module("colorsys")  # the canary: lazily imported by nobody else
    listener = [] if closed.listener < 0 else [closed.listener]
    socket.send_fds(channel, [json.dumps({"layers": closed.layers}).encode()], listener)
    for descriptor in listener:
        os.close(descriptor)
    with os.fdopen(job_fd, "rb") as file:
        opening = load_opening(file.read())
    settle(opening.job, scratch)
    return opening


def _run_job(opening: Opening, channel: socket.socket, scratch: str) -> None:
    job = opening.job
    probes = load_module(job.probes, "probe.py", "probe")
    oracles = load_module(job.oracles, "oracle.py", "oracle") if job.oracles else None
    _send(channel, {"loading": True})
    module = load_module(job.source, job.file)
    sys.stdout.flush()
    sys.stderr.flush()
    _send(channel, {"loaded": True})
    gc.freeze()
    containment.become_subreaper()
    forks = Forks(job, scratch, module, probes, oracles, channel)
    _run_calls(forks, opening.first, channel, over=not opening.more)
    if opening.more:
        # All that a student is shown is settled: from here on nothing can carry a hidden input out.
        _send(channel, {"asks": True})
        _run_calls(forks, load_hidden(_received(channel)), channel, over=True)
    forks.end()


def _run_calls(forks: Forks, cases: tuple[Cases, ...], channel: socket.socket, over: bool) -> None:
    for supervisor, own in zip(forks.supervisors, cases, strict=True):
        for report in supervisor.run(own):
            _pass_on(channel, supervisor.call, report)
        forks.rest(supervisor, over)


def _received(channel: socket.socket) -> bytes:
    """The memory file that comes with the next message."""
    _, descriptors = receive(channel)
    with os.fdopen(descriptors[0], "rb") as file:
        file.seek(0)
        return file.read()


def _pass_on(channel: socket.socket, call: Call, report: Report) -> None:
    message = {**report.message, "function": call.function, "doubles": call.doubles}
    data = json.dumps(message).encode()
    behind = len(report.frame) + 1 if isinstance(report.frame, bytes) else 0
    if len(data) + behind > HEADER_BYTES:
        data = json.dumps({**message, "output": ""}).encode()
    if isinstance(report.frame, int):
        socket.send_fds(channel, [data], [report.frame])
        os.close(report.frame)
    elif (whole := joined(data, report.frame)) is not None:
        channel.send(whole)


def _send(channel: socket.socket, message: dict[str, Any]) -> None:
    channel.send(json.dumps(message).encode())
