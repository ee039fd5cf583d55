"""Keys and records for the store's tests, the same for the same number."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from grader.model import (
    ArrayValue,
    CallKey,
    CallRecord,
    DictValue,
    Died,
    Frame,
    ListValue,
    Outcome,
    Raised,
    Returned,
    Value,
)


def hexed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def key(number: int = 0, function: str = "pad_ids", **other: str) -> CallKey:
    """The key of a submission's source of that number."""
    parts = {name: hexed(name) for name in ("call", "probes", "environment", "seed")}
    return CallKey("pad_batch", function, **{"source": hexed(f"source {number}"), **parts, **other})


def record(number: int = 0, function: str = "pad_ids", wall: float = 0.25) -> CallRecord:
    """What one of few kinds of answers did: equal numbers behave alike. Times are never equal."""
    ids = np.arange(600, dtype=np.int64).reshape(20, 30) + number
    batch = DictValue((("input_ids", ArrayValue("int64", ids)),), "BatchEncoding")
    outcomes: dict[str, Outcome] = {
        "on the left": Returned(batch, output=f"{number} " * 200, wall=wall, cpu=wall / 2),
        "short": Returned(ListValue((number, 0.5, None), "tuple"), wall=wall),
        "wrong": Raised(
            "ValueError", "no\x00 \ud800", ("ValueError",), (Frame(3, "f"),), wall=wall
        ),
        "endless": Died("timeout", "after 2 s", stopped=("connect",), wall=wall),
    }
    return CallRecord(function, outcomes, ("seccomp",), "loaded\n", ("open",), wall, wall / 2)


def plain(thing: Any) -> Any:
    """What can be compared: arrays as their kind, shape and bytes, floats as their bits."""
    if isinstance(thing, ArrayValue):
        data = thing.data
        raw = (data.dtype.str, data.shape, data.tobytes())
        return ("array", thing.dtype, thing.requires_grad, thing.type, *raw)
    if isinstance(thing, ListValue):
        return ("list", thing.type, [plain(item) for item in thing.items])
    if isinstance(thing, DictValue):
        return ("dict", thing.type, [(name, plain(item)) for name, item in thing.items])
    if isinstance(thing, Returned):
        return ("returned", plain(thing.value), thing.output, thing.stopped)
    if isinstance(thing, (Raised, Died)):
        return (type(thing).__name__, *(getattr(thing, name) for name in _told(thing)))
    if isinstance(thing, CallRecord):
        outcomes = [(case, plain(outcome)) for case, outcome in thing.outcomes.items()]
        return (thing.function, outcomes, thing.layers, thing.load_output, thing.stopped)
    return _scalar(thing)


def _told(outcome: Raised | Died) -> list[str]:
    return [name for name in outcome.__dataclass_fields__ if name not in ("wall", "cpu")]


def _scalar(value: Value) -> Any:
    """Told apart by type and, for a float, by its sign and bits."""
    bits = "nan" if value != value else value.hex() if isinstance(value, float) else value
    return (type(value).__name__, bits)
