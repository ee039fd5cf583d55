"""One function's cases, in the fork that runs them.

In: the loaded module, one call and a channel. Out: messages on the channel, one when a case starts
and one when it is done, the value in a sealed memory file. Each case has its seed and its inputs
made anew.
"""

from __future__ import annotations

import fcntl
import inspect
import json
import os
import random
import socket
import sys
import time
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import torch

from grader.model import Call, Case, Raised
from grader.worker import encode, fixtures
from grader.worker.channel import receive
from grader.worker.jobs import load_cases
from grader.worker.load import LoadError, as_message, describe, find_function

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
        for number, case in waiting.items():
            _tell(channel, {"start": number})
            began, used = time.monotonic(), time.process_time()
            done, frame = run_case(module, probes, oracles, call, case, file)
            sys.stdout.flush()
            sys.stderr.flush()
            done |= {"wall": time.monotonic() - began, "cpu": time.process_time() - used}
            _tell(channel, {"done": number} | done, frame)
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


def run_case(
    module: ModuleType,
    probes: ModuleType,
    oracles: ModuleType | None,
    call: Call,
    case: Case,
    file: str,
) -> tuple[dict[str, Any], bytes | None]:
    """One case: what is said of it, and the frame of the value where there is one."""
    stage = "lookup"
    try:
        function = find_function(module, call.function)
        stage = "inputs"
        seed_everything(case.seed)
        inputs = fixtures.build_inputs(case.inputs, probes)
        seed_everything(case.seed)
        stage = "call"
        value = observe(function, call, inputs, probes)
        if oracles is not None and call.oracle:
            value = {"value": value, "oracle": _ask_oracle(function, call, case, probes, oracles)}
        stage = "result"
        return {"kind": "returned"}, encode.encode(value, call.limits.result)
    except LoadError as error:
        return as_message(error.raised), None
    except encode.ValueTooLargeError as error:
        return {"kind": "died", "reason": "result", "detail": str(error)}, None
    except BaseException as error:
        return as_message(describe(error, file, stage)), None


def observe(
    function: Callable[..., Any], call: Call, inputs: dict[str, Any], probes: ModuleType
) -> Any:
    """The result, or what the call's probe makes of it."""
    invoke = by_position(function, call.parameters)
    if not call.probe:
        return invoke(**inputs)
    return getattr(probes, call.probe)(invoke, inputs)


def by_position(function: Callable[..., Any], parameters: tuple[str, ...]) -> Callable[..., Any]:
    """Passes arguments by position as far as they go without a gap, so that a student may have
    named the parameters otherwise; the rest by keyword."""

    def invoke(**inputs: Any) -> Any:
        leading = []
        for name in parameters:
            if name not in inputs:
                break
            leading.append(inputs.pop(name))
        check_signature(function, leading, inputs)
        return function(*leading, **inputs)

    return invoke


def check_signature(
    function: Callable[..., Any], leading: list[Any], named: Mapping[str, Any]
) -> None:
    """Raises ``LoadError`` (stage ``signature``) when the function does not take the arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*leading, **named)
    except TypeError as error:
        taken = f"it is defined as {signature} and does not take the arguments: {error}"
        raise LoadError(Raised("TypeError", taken, ("TypeError",), stage="signature")) from None


def seed_everything(seed: int) -> None:
    """torch, numpy and random start from ``seed``."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def _ask_oracle(
    function: Callable[..., Any], call: Call, case: Case, probes: ModuleType, oracles: ModuleType
) -> Any:
    seed_everything(case.seed)
    inputs = fixtures.build_inputs(case.inputs, probes)
    return getattr(oracles, call.oracle)(by_position(function, call.parameters), inputs)


def _tell(channel: socket.socket, message: dict[str, Any], frame: bytes | None = None) -> None:
    data = _dumps(message).encode()
    if frame is None:
        channel.send(data)
        return
    sealed = os.memfd_create("result", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(frame)
    while view:
        view = view[os.write(sealed, view) :]
    fcntl.fcntl(sealed, fcntl.F_ADD_SEALS, SEALS)
    _send(channel, [data], [sealed])
    os.close(sealed)
