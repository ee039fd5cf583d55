"""Frames to values, in the trusted process. The bytes are hostile.

In: one frame as ``encode`` writes it. Out: a ``Value`` of plain data. Every length is checked
against what was really received before anything is allocated; a frame that breaks any rule raises
``FrameError`` and nothing else.
"""

from __future__ import annotations

import json
import struct
from typing import Any, NoReturn

import numpy as np
import safetensors

from grader.model import ArrayValue, DictValue, ListValue, OpaqueValue, Value
from grader.worker.limits import HEADER_BYTES, TREE_DEPTH, TREE_NODES

MAGIC = b"GRV1"
_PREFIX = len(MAGIC) + 4
_DTYPES = {
    name: np.dtype(kind)
    for name, kind in {
        "BOOL": "bool",
        "U8": "u1",
        "I8": "i1",
        "U16": "<u2",
        "I16": "<i2",
        "U32": "<u4",
        "I32": "<i4",
        "U64": "<u8",
        "I64": "<i8",
        "F32": "<f4",
        "F64": "<f8",
    }.items()
}


class FrameError(ValueError):
    """The bytes are not a frame: cut short, lying about a shape, nested too deep, and so on."""


def decode(frame: bytes) -> Value:
    """The value in ``frame``. Raises ``FrameError`` when any part of it is not as it should be."""
    if len(frame) < _PREFIX or frame[: len(MAGIC)] != MAGIC:
        _refuse("it does not begin as a frame does")
    (length,) = struct.unpack("<I", frame[len(MAGIC) : _PREFIX])
    if length > HEADER_BYTES or _PREFIX + length > len(frame):
        _refuse("the header's length is wrong")
    tree = parse_json(frame[_PREFIX : _PREFIX + length])
    arrays = arrays_of(frame[_PREFIX + length :])
    return value_of(tree, arrays)


def parse_json(text: bytes) -> Any:
    """JSON without NaN and without a key twice; nested so deep that the parser gives up, it is
    refused like anything else."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"its header is not JSON: {error}") from None


def value_of(tree: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> Value:
    """The value that JSON nodes describe. Raises ``FrameError``."""
    return _Decoder(arrays).value(tree, 0)


def arrays_of(payload: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a safetensors payload, by key. Raises ``FrameError``."""
    if not payload:
        return {}
    try:
        entries = safetensors.deserialize(payload)  # type: ignore[no-untyped-call]
    except Exception as error:
        # safetensors raises its own exception class, made in Rust; any of them is a refusal.
        raise FrameError(f"its data is not safetensors: {error}") from None
    return {name: _array(entry) for name, entry in entries}


def _array(entry: dict[str, Any]) -> np.ndarray[Any, Any]:
    dtype = _DTYPES.get(entry["dtype"])
    shape = tuple(entry["shape"])
    if dtype is None or len(shape) > 16:
        _refuse(f"an array of {entry['dtype']} with {len(shape)} axes is not taken")
    count = 1
    for size in shape:
        count *= size
    if count * dtype.itemsize != len(entry["data"]):
        _refuse("an array's shape and its bytes disagree")
    return np.frombuffer(entry["data"], dtype=dtype).reshape(shape)


class _Decoder:
    """Walks one tree; the arrays it names were checked already."""

    def __init__(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        self._arrays = arrays
        self._nodes = 0

    def value(self, node: Any, depth: int) -> Value:
        self._nodes += 1
        if self._nodes > TREE_NODES or depth > TREE_DEPTH:
            _refuse("it has too many parts")
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        if not isinstance(node, dict):
            _refuse("a part of it is neither a scalar nor a node")
        try:
            return self._node(node, depth)
        except (KeyError, TypeError, ValueError) as error:
            raise FrameError(f"a node is not as it should be: {error}") from None

    def _node(self, node: dict[str, Any], depth: int) -> Value:
        kind = _text(node["t"])
        if kind == "list":
            return ListValue(
                tuple(self.value(item, depth + 1) for item in _list(node["items"])),
                _text(node["type"]),
            )
        if kind == "dict":
            pairs = ((_text(key), item) for key, item in _list(node["items"]))
            items = tuple((key, self.value(item, depth + 1)) for key, item in pairs)
            return DictValue(items, _text(node["type"]))
        if kind in ("array", "numbers"):
            return self._leaf(node, kind)
        if kind == "opaque":
            return OpaqueValue(_text(node["type"]))
        if kind == "float" and node["v"] in ("nan", "inf", "-inf"):
            return float(node["v"])
        if kind == "int":
            return int(_text(node["v"]), 16)
        return _refuse(f"there is no node {kind!r}")

    def _leaf(self, node: dict[str, Any], kind: str) -> Value:
        array = self._arrays[_text(node["key"])]
        if kind == "numbers":
            if array.ndim != 1 or array.dtype.kind not in "if":
                _refuse("a list of numbers is not one")
            return ListValue(tuple(array.tolist()), _text(node["type"]))
        dtype = _text(node["dtype"])
        return ArrayValue(dtype, array, node["grad"] is True, _text(node["type"]))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("it has a key twice")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > HEADER_BYTES:
        _refuse("a name is not a string")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        _refuse("a list is not one")
    return value


def _refuse(why: str) -> NoReturn:
    raise FrameError(why)
