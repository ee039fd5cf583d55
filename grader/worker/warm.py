"""The warm process: libraries and fixtures imported once, forked for every submission and topic.

It imports them itself, or is a fork of a zygote (``grader.worker.zygote``) that has.

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
from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

from grader.worker import at_fork, containment, holes, huge_pages
from grader.worker.channel import receive
from grader.worker.containment import Plan, Prepared
from grader.worker.parts import ALL

CONTROL = 3


class _State:
    gathered: frozenset[str] = frozenset()  # the parts that were there when memory was put in order


def main() -> None:
    """The life of a warm process that imports everything itself: the core at once, the parts of
    the libraries when the grader knows which."""
    sys.dont_write_bytecode = True
    control = settle_in()
    plan = _first_plan(control)
    # Before anything large is imported: what is forked from here on for the namespaces is small.
    prepared = _prepare(plan, grown=False)
    import_core()
    request, _ = receive_request(control)
    if not request:
        containment.put_away()
        return
    warm_up(request["parts"])
    _serve_all(control, plan, prepared)


def main_of_fork() -> None:
    """The life of one that a zygote has forked, in which everything is there."""
    control = settle_in()
    plan = _first_plan(control)
    prepared = _prepare(plan, grown=True)
    # What this process writes to is split into small pages, which its forks would have to copy.
    huge_pages.gather()
    _serve_all(control, plan, prepared)


def settle_in() -> socket.socket:
    """The control socket. What is printed before a crash is told: -I ignores the variables."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return socket.socket(fileno=CONTROL)


def _first_plan(control: socket.socket) -> Plan:
    return _plan(receive_request(control)[0]["plan"])


def _prepare(plan: Plan, grown: bool) -> Prepared:
    containment.separate(plan)
    containment.become_subreaper()
    return containment.prepare(plan, grown)


def _serve_all(control: socket.socket, plan: Plan, prepared: Prepared) -> None:
    """Until the socket closes."""
    # What was gathered in huge pages by now is the warm process's own, and not its group's.
    containment.settle()
    gc.freeze()
    ready = {
        "ready": True,
        "layers": containment.layers_of(prepared, plan),
        "private": prepared.keeper is not None,
        "missing": prepared.missing,
    }
    control.send(json.dumps(ready).encode())
    try:
        while True:
            request, descriptors = receive_request(control)
            if not request:
                return
            _serve(control, request, descriptors)
    finally:
        containment.put_away()


def import_core() -> None:
    """What every topic needs of the libraries, imported and called once. ``warm_up`` has to
    follow."""
    gc.disable()  # until all is imported: looking through it again and again takes a tenth of that
    at_fork.watch()
    import torch

    torch.set_num_threads(1)  # before any operation: OpenMP hangs in a fork otherwise
    torch.backends.cpu.get_cpu_capability()  # reads /proc/cpuinfo, which a child may not
    from grader.worker import child, fixtures  # noqa: F401

    fixtures.preload(())


def warm_up(parts: Collection[str] = ALL) -> None:
    """The core of the libraries and these parts imported, called once, and in huge pages. Parts can
    follow; nothing is done about what is there already."""
    import_core()
    from grader.worker import fixtures

    there = fixtures.preload(parts)
    at_fork.leave()
    gc.enable()
    if there != _State.gathered:
        _State.gathered = there
        containment.share_without_names()
        gc.collect()
        holes.fill()
        huge_pages.gather()
        gc.freeze()


def _serve(control: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    from grader.worker import child

    plan = _plan(request["plan"])
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
        child.run(job, socket.socket(fileno=channel), output, replace(plan, keep_fds=keep))
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


def receive_request(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    data, descriptors = receive(control)
    return (json.loads(data) if data else {}), descriptors


def _plan(plain: dict[str, Any]) -> Plan:
    known = {field.name for field in fields(Plan)}
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in plain.items()
        if key in known
    }
    return Plan(**given)
