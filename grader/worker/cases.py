"""One case of one function, in whatever process it runs in.

In: the loaded module, a call and a case. Out: what is said of it, and the value's frame. The seed
is set and the inputs are made anew for each. Nothing here needs a fork or a socket, so that it runs
on every platform.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import torch

from grader.model import Call, Case, Raised
from grader.worker import encode, fixtures
from grader.worker.load import LoadError, as_message, describe, find_function

# Whether torch was built for no other device; nothing is asked of any driver.
_ONLY_CPU = torch.accelerator.current_accelerator(check_available=False) is None


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
    if _ONLY_CPU:
        # What torch.manual_seed does there, without writing down who asked, for each of three other
        # kinds of devices, and keeping that for ever.
        torch.default_generator.manual_seed(seed)
    else:
        torch.manual_seed(seed)


def _ask_oracle(
    function: Callable[..., Any], call: Call, case: Case, probes: ModuleType, oracles: ModuleType
) -> Any:
    seed_everything(case.seed)
    inputs = fixtures.build_inputs(case.inputs, probes)
    return getattr(oracles, call.oracle)(by_position(function, call.parameters), inputs)
