"""The zygote: a process in which everything is imported, forked for every slot's warm process.

In: requests on a socket (file descriptor 3), each with the parts of the libraries that are wanted,
and as descriptors a warm process's own control socket and its log. Out: a descriptor of the warm
process. What it does not have yet of these parts it imports first; that alone it does where no
descriptors come along. So a slot more costs a fork, and not an import, and shares the memory of the
others. No job and no plan ever reaches it, and it forks no students' code itself.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import traceback
from typing import NoReturn

from grader.worker import at_fork, warm


def main() -> None:
    """Serves until the socket closes; it begins with the core of the libraries. The warm processes
    go on until their own sockets close."""
    sys.dont_write_bytecode = True
    control = warm.settle_in()
    warm.import_core()
    control.send(json.dumps({"ready": True}).encode())
    running: dict[int, int] = {}
    watched = select.poll()
    watched.register(control, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in watched.poll()}
        for handle in running.keys() & ready:
            watched.unregister(handle)
            os.waitpid(running.pop(handle), 0)
            os.close(handle)
        if control.fileno() in ready:
            request, descriptors = warm.receive_request(control)
            if not request:
                os._exit(0)  # there is nothing to tidy up, and Python would take its time
            warm.warm_up(request["parts"])
            if descriptors:
                handle, pid = _fork(control, running, descriptors)
                watched.register(handle, select.POLLIN)
                running[handle] = pid


def _fork(control: socket.socket, running: dict[int, int], given: list[int]) -> tuple[int, int]:
    """The new warm process's descriptor, which the grader gets too, and its number."""
    with at_fork.alone():
        pid = os.fork()
    if pid == 0:
        _live(control, running, *given)
    for descriptor in given:
        os.close(descriptor)
    handle = os.pidfd_open(pid)  # it is not reaped yet, whatever became of it
    socket.send_fds(control, [json.dumps({"pid": pid}).encode()], [handle])
    return handle, pid


def _live(control: socket.socket, running: dict[int, int], own: int, log: int) -> NoReturn:
    """The warm process's whole life: two of the zygote must not go on."""
    code = 1
    try:
        os.setsid()
        for number in (1, 2):
            os.dup2(log, number)
        control.detach()
        os.dup2(own, warm.CONTROL)
        for descriptor in (own, log, *running):
            os.close(descriptor)
        warm.main_of_fork()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
