"""The warm process: libraries and fixtures imported once, forked for every submission and topic.

In: requests on a socket (file descriptor 3), each with a job file, a channel and an output pipe
as descriptors. Out: a descriptor of the child, later its end. It never reads a job: it holds no
source, no input and no expected value that a later child could find in its memory.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import fields
from typing import Any

from grader.worker.channel import receive

CONTROL = 3


def main() -> None:
    """Serves until the socket closes. What it prints goes to the grader's log."""
    from grader.worker import at_fork, containment

    # What was printed before a crash is told. (-I ignores the variables for these two.)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.dont_write_bytecode = True
    control = socket.socket(fileno=CONTROL)
    first = _plan(containment.Plan, _receive(control)[0]["plan"])
    # Before anything large is imported: what is forked from here on for the namespaces is small.
    containment.separate(first)
    containment.become_subreaper()
    prepared = containment.prepare(first)
    warm_up()
    at_fork.leave()
    containment.settle()
    gc.freeze()
    ready = {
        "ready": True,
        "layers": containment.layers_of(prepared, first),
        "private": prepared.keeper is not None,
        "missing": prepared.missing,
    }
    control.send(json.dumps(ready).encode())
    try:
        while True:
            request, descriptors = _receive(control)
            if not request:
                return
            _serve(control, request, descriptors)
    finally:
        containment.put_away()


def warm_up() -> None:
    gc.disable()  # until all is imported: looking through it again and again takes a tenth of that
    import torch

    torch.set_num_threads(1)  # before any operation: OpenMP hangs in a fork otherwise
    torch.backends.cpu.get_cpu_capability()  # reads /proc/cpuinfo, which a child may not
    from grader.worker import child, fixtures, holes, huge_pages  # noqa: F401

    fixtures.preload()
    gc.collect()
    holes.fill()
    # Before the run's group is joined: what is gathered now is the warm process's own.
    huge_pages.gather()


def _serve(control: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    from grader.worker import at_fork, child, containment

    plan = _plan(containment.Plan, request["plan"])
    job, channel, output = descriptors
    began = time.monotonic()
    try:
        with at_fork.alone():
            pid = containment.fork(plan)
    except containment.ContainmentError as error:
        _close(descriptors)
        control.send(json.dumps({"fault": str(error)}).encode())
        return
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        keep = (job, channel, output)
        child.run(job, socket.socket(fileno=channel), output, _keeping(plan, keep))
    _close(descriptors)
    handle = os.pidfd_open(pid)
    socket.send_fds(control, [json.dumps({"pid": pid}).encode()], [handle])
    _wait(control, handle, pid)
    _, status, usage = os.wait4(pid, 0)
    os.close(handle)
    ended = containment.end(plan)
    done = {
        "status": status,
        "swept": ended.swept,
        "out_of_memory": ended.out_of_memory,
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - began,
    }
    control.send(json.dumps({"ended": done}).encode())


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _wait(control: socket.socket, handle: int, pid: int) -> None:
    """Until the child has ended; should the grader go away, the child goes too."""
    while True:
        watched: list[Any] = [handle, control]
        ready = select.select(watched, [], [])[0]
        if handle in ready:
            return
        if control in ready and not control.recv(1, socket.MSG_PEEK):
            os.kill(pid, signal.SIGKILL)
            return


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    data, descriptors = receive(control)
    return (json.loads(data) if data else {}), descriptors


def _plan(kind: Any, plain: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    tuples = {key: tuple(v) if isinstance(v, list) else v for key, v in plain.items()}
    return kind(**{key: value for key, value in tuples.items() if key in known})


def _keeping(plan: Any, descriptors: tuple[int, ...]) -> Any:
    from dataclasses import replace

    return replace(plan, keep_fds=descriptors)


if __name__ == "__main__":
    main()
