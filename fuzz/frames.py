"""Frames and messages written by hand, as nobody's encoder would: for the tests and the fuzzer.

In: parts, true or not. Out: bytes. ``frames`` and ``messages`` are what a fuzzer begins with: one
of every kind of part that the codec and the ledger know.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from safetensors.numpy import save

from grader.archive import tree_of
from grader.model import ArrayValue, Call, Case, DictValue, Job, ListValue, OpaqueValue, Value

NUMBERS = {"t": "numbers", "key": "n", "type": "list"}


def frame(header: bytes | Any, payload: bytes = b"", length: int | None = None) -> bytes:
    """A frame of a header (bytes, or what becomes JSON) and a payload; ``length`` is what it says
    the header's length is."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    size = len(text) if length is None else length
    return b"GRV1" + struct.pack("<I", size) + text + payload


def payload(index: bytes | Any, data: bytes = b"", length: int | None = None) -> bytes:
    """safetensors, with an index (bytes, or what becomes JSON) that may lie about ``data``."""
    text = index if isinstance(index, bytes) else json.dumps(index).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype: str, shape: Any, begin: int, end: int) -> dict[str, Any]:
    """What an index says of one array."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def array(key: str = "a", dtype: str = "float32") -> dict[str, Any]:
    """The node of an array."""
    return {"t": "array", "key": key, "type": "torch.Tensor", "dtype": dtype, "grad": False}


def listed(*items: Any) -> dict[str, Any]:
    """The node of a list."""
    return {"t": "list", "type": "list", "items": list(items)}


def frame_of(value: Value) -> bytes:
    """The frame of a value, by other code than the student's process has for it."""
    arrays: dict[str, Any] = {}
    tree = tree_of(value, arrays)
    return frame(tree, save(arrays) if arrays else b"")


def frames() -> Iterator[bytes]:
    """One of everything that a frame may hold."""
    scalars = (None, True, -7, 2**80, 1.5, float("nan"), float("-inf"), "é\n", "")
    yield from map(frame_of, scalars)
    yield frame({"t": "int", "v": hex(-(2**100))})
    yield frame_of(OpaqueValue("builtins.function"))
    yield frame_of(ListValue(scalars, "tuple"))
    yield frame_of(DictValue((("a", ListValue((1, ListValue((2,))))), ("", None)), "BatchEncoding"))
    yield frame(NUMBERS, save({"n": np.arange(30)}))
    yield frame(listed(NUMBERS, array()), save({"n": np.ones(24), "a": np.ones((2, 3), "f4")}))
    for kind in ("bool", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
        data = np.arange(6).reshape(2, 3).astype(kind)
        yield frame_of(ArrayValue(data.dtype.name, data, kind == "f4"))
    yield frame_of(ArrayValue("bfloat16", np.zeros((2, 0, 3), "f4")))
    yield frame_of(
        ListValue((ArrayValue("float64", np.array(2.5)), ArrayValue("bool", np.ones(1, bool))))
    )


def job() -> Job:
    """Two functions with three cases each, the last of them hidden, for a ledger."""
    cases = tuple(Case(name, {"x": 1}, name != "three") for name in ("one", "two", "three"))
    return Job("topic", "", "solution.py", (Call("f", cases), Call("g", cases)))


def messages() -> Iterator[bytes]:
    """One of everything that a child may say."""
    raised = {"type": "KeyError", "message": "'x'", "classes": ["KeyError"], "frames": [[3, "f"]]}
    case = {"function": "f", "case": 0, "output": "printed", "wall": 0.5, "cpu": 0.25}
    for message in (
        {"layers": ["rlimits", "seccomp"]},
        {"fault": "OSError: no"},
        {"loading": True},
        {"loaded": True},
        {"load": {**raised, "stage": "load"}},
        {**case, "kind": "returned", "doubles": []},
        {**case, "function": "g", "case": 2, "kind": "returned"},
        {**case, "case": 1, "kind": "raised", **raised, "stage": "call"},
        {"asks": True},
        {**case, "case": 2, "kind": "died", "reason": "signal", "detail": "SIGSEGV"},
        {"end": True},
    ):
        yield json.dumps(message).encode()
