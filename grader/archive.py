"""Observations as bytes that outlive the process: JSON with arrays as safetensors. No pickle.

In: an ``Observation``. Out: bytes, and the same ``Observation`` again.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from safetensors.numpy import save

from grader.model import (
    ArrayValue,
    Broken,
    DictValue,
    Died,
    Frame,
    ListValue,
    Observation,
    OpaqueValue,
    Outcome,
    Raised,
    Returned,
    Value,
)
from grader.worker.decode import FrameError, arrays_of, stored_value

# What taking damaged bytes apart may raise: parts that are missing, or of another kind.
_DAMAGES = (AttributeError, KeyError, RecursionError, TypeError, ValueError, struct.error)
_KINDS = {"returned": Returned, "raised": Raised, "died": Died, "broken": Broken}


def dump_observation(observation: Observation) -> bytes:
    """The observation as bytes."""
    arrays: dict[str, Any] = {}
    outcomes = {
        function: {case: _outcome(outcome, arrays) for case, outcome in cases.items()}
        for function, cases in observation.outcomes.items()
    }
    header = {
        "topic": observation.topic,
        "outcomes": outcomes,
        "layers": observation.layers,
        "load_output": observation.load_output,
        "stopped": observation.stopped,
        "wall": observation.wall,
        "cpu": observation.cpu,
    }
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    payload = save(arrays) if arrays else b""
    return struct.pack("<I", len(text)) + text + payload


def load_observation(data: bytes) -> Observation:
    """The observation again. The bytes are the grader's own, so their size is not doubted; they
    may be damaged. Raises ``FrameError`` when they are cut short or no observation."""
    try:
        (length,) = struct.unpack("<I", data[:4])
        header = json.loads(data[4 : 4 + length].decode("utf-8", "surrogatepass"))
        arrays = arrays_of(data[4 + length :], len(data))
        header["outcomes"] = {
            function: {case: _load(plain, arrays) for case, plain in cases.items()}
            for function, cases in header["outcomes"].items()
        }
        header |= {name: tuple(header[name]) for name in ("layers", "stopped")}
        return Observation(**header)
    except _DAMAGES as error:
        raise FrameError(f"the stored observation is damaged: {error}") from None


def _outcome(outcome: Outcome, arrays: dict[str, Any]) -> dict[str, Any]:
    kind = next(name for name, of in _KINDS.items() if isinstance(outcome, of))
    if isinstance(outcome, Returned):
        plain = {field.name: getattr(outcome, field.name) for field in fields(outcome)}
        return {**plain, "kind": kind, "value": tree_of(outcome.value, arrays)}
    return {**asdict(outcome), "kind": kind}


def _load(plain: dict[str, Any], arrays: dict[str, Any]) -> Outcome:
    kind = plain.pop("kind")
    if "stopped" in plain:
        plain["stopped"] = tuple(plain["stopped"])
    if kind == "returned":
        return Returned(**{**plain, "value": stored_value(plain["value"], arrays)})
    if kind == "raised":
        frames = tuple(Frame(**frame) for frame in plain["frames"])
        return Raised(**{**plain, "frames": frames, "classes": tuple(plain["classes"])})
    outcome: Outcome = _KINDS[kind](**plain)
    return outcome


def tree_of(value: Value, arrays: dict[str, Any]) -> Any:
    """The value as JSON nodes, its arrays put into ``arrays``: what ``worker.decode`` reads."""
    if isinstance(value, ArrayValue):
        key = f"a{len(arrays)}"
        arrays[key] = np.ascontiguousarray(value.data).reshape(value.shape)
        known = {"type": value.type, "dtype": value.dtype, "grad": value.requires_grad}
        return {"t": "array", "key": key, **known}
    if isinstance(value, ListValue):
        items = [tree_of(item, arrays) for item in value.items]
        return {"t": "list", "type": value.type, "items": items}
    if isinstance(value, DictValue):
        pairs = [[key, tree_of(item, arrays)] for key, item in value.items]
        return {"t": "dict", "type": value.type, "items": pairs}
    if isinstance(value, OpaqueValue):
        return {"t": "opaque", "type": value.type}
    if isinstance(value, float) and not np.isfinite(value):
        return {"t": "float", "v": repr(value)}
    return value
