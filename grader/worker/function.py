"""One function's cases, in the fork that runs them.

In: the loaded module, one call and a channel. Out: messages on the channel, each of which says what
case is done and what case starts, with the value behind it or, a larger one, in a sealed memory
file. What a case is, ``cases`` says.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from itertools import zip_longest
from types import ModuleType
from typing import Any

from grader.model import Call, Case
from grader.worker.cases import run_case
from grader.worker.channel import joined, receive
from grader.worker.jobs import load_cases

SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_dumps = json.dumps
_send = socket.send_fds


def run_cases(
    module: ModuleType,
    probes: ModuleType,
    oracles: ModuleType | None,
    call: Call,
    cases: Mapping[int, Case],
    channel: socket.socket,
    file: str,
) -> None:
    """Runs ``cases`` (by their number in the call) in turn, then those that are sent after them."""
    for double in call.doubles:
        module.__dict__[double] = getattr(probes, f"double_{double}")
    waiting = cases
    while waiting:
        _tell(channel, {"start": next(iter(waiting))})
        for (number, case), after in zip_longest(waiting.items(), list(waiting)[1:]):
            began, used = time.monotonic(), time.process_time()
            done, frame = run_case(module, probes, oracles, call, case, file)
            sys.stdout.flush()
            sys.stderr.flush()
            done |= {"wall": time.monotonic() - began, "cpu": time.process_time() - used}
            _tell(channel, {"done": number, "start": after} | done, frame)
            channel.recv(1)  # what this case printed is read before the next one prints
        waiting = _more(channel)


def _more(channel: socket.socket) -> Mapping[int, Case]:
    """Further cases, from a memory file; none when the far end is closed."""
    data, descriptors = receive(channel)
    if not data or not descriptors:
        return {}
    with os.fdopen(descriptors[0], "rb") as file:
        file.seek(0)
        return load_cases(file.read())


def _tell(channel: socket.socket, message: dict[str, Any], frame: bytes | None = None) -> None:
    header = _dumps(message).encode()
    whole = joined(header, frame)
    if frame is None or whole is not None:
        channel.send(whole or header)
        return
    sealed = os.memfd_create("result", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(frame)
    while view:
        view = view[os.write(sealed, view) :]
    fcntl.fcntl(sealed, fcntl.F_ADD_SEALS, SEALS)
    _send(channel, [header], [sealed])
    os.close(sealed)
