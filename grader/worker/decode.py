"""Frames to values, in the trusted process. The bytes are hostile.

In: one frame as ``encode`` writes it. Out: a ``Value`` of plain data. Every length is checked
against what was really received before anything is allocated; a frame that breaks any rule raises
``FrameError`` and nothing else. What a value takes in memory is bounded by its frame: each array
is named once, numbers become objects up to a bound only, and so does what indexes the arrays.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import safetensors

from grader.model import ArrayValue, DictValue, ListValue, OpaqueValue, Value
from grader.worker.limits import (
    ARRAY_AXES,
    HEADER_BYTES,
    INDEX_BYTES,
    INT_BITS,
    LIST_NUMBERS,
    TREE_DEPTH,
    TREE_NODES,
)

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


_Take = Callable[[str], np.ndarray[Any, Any]]
_HEX = INT_BITS // 4 + len("-0x")
_WHY = 200  # characters: a reason may quote what it found


class FrameError(ValueError):
    """The bytes are not a frame: cut short, lying about a shape, nested too deep, and so on."""

    def __init__(self, why: str) -> None:
        super().__init__(why[:_WHY])


def decode(frame: bytes) -> Value:
    """The value in ``frame``. Raises ``FrameError`` when any part of it is not as it should be."""
    if len(frame) < _PREFIX or frame[: len(MAGIC)] != MAGIC:
        _refuse("it does not begin as a frame does")
    (length,) = struct.unpack("<I", frame[len(MAGIC) : _PREFIX])
    if length > HEADER_BYTES or _PREFIX + length > len(frame):
        _refuse("the header's length is wrong")
    tree = parse_json(frame[_PREFIX : _PREFIX + length])
    arrays = arrays_of(frame[_PREFIX + length :], INDEX_BYTES)
    value = _Decoder(arrays).value(tree, 0)
    if arrays:
        _refuse("it has an array that none of its parts names")
    return value


def parse_json(text: bytes) -> Any:
    """JSON in UTF-8 without NaN, infinities and a key twice; nested so deep that the parser gives
    up, it is refused like anything else. Raises ``FrameError``."""
    try:
        return json.loads(
            text.decode(),  # bytes would be taken for UTF-16 or UTF-32 if they look like it
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise FrameError(f"its header is not JSON: {error}") from None


def stored_value(tree: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> Value:
    """The value that JSON nodes describe which ``archive.tree_of`` made: several values may share
    an array. Raises ``FrameError``."""
    return _Decoder(arrays, stored=True).value(tree, 0)


def arrays_of(payload: bytes, index_bytes: int) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a safetensors payload, by key. ``index_bytes`` bounds the JSON that it begins
    with: safetensors itself reads 100 MB of it, and each fifty bytes of that become an array, for
    which a kilobyte is allocated. Raises ``FrameError``."""
    if not payload:
        return {}
    if int.from_bytes(payload[:8], "little") > index_bytes:
        _refuse("there is too much that says where its arrays are")
    try:
        # Proves that the arrays lie one behind the other and fill the payload, each with just the
        # bytes that its shape asks for; only then does it copy them.
        entries = safetensors.deserialize(payload)  # type: ignore[no-untyped-call]
    except Exception as error:
        # safetensors raises its own exception class, made in Rust; any of them is a refusal.
        raise FrameError(f"its data is not safetensors: {error}") from None
    return {name: _array(entry) for name, entry in entries}


def _array(entry: dict[str, Any]) -> np.ndarray[Any, Any]:
    dtype, shape, data = _DTYPES.get(entry["dtype"]), entry["shape"], entry["data"]
    if dtype is None or len(shape) > ARRAY_AXES:
        _refuse(f"an array of {entry['dtype']} with {len(shape)} axes is not taken")
    if math.prod(shape) * dtype.itemsize != len(data):
        _refuse("an array's shape and its bytes disagree")
    array = np.frombuffer(data, dtype=dtype)
    if dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        # What numpy computes with such a byte hangs on the processor.
        _refuse("a truth value is neither 0 nor 1")
    try:
        return array.reshape(shape)
    except ValueError:
        # An axis of length 0 may stand beside axes that numpy has no number for.
        raise FrameError("an array has more places than there can be") from None


class _Decoder:
    """Walks one tree; the arrays it names were checked already.

    A frame's part takes its array away, so that none is named twice: a thousand lists made of one
    array would be a thousand times as large as what came. ``stored`` values share theirs; they
    have no such lists, and their parts are bounded by the bytes they are written in.
    """

    def __init__(self, arrays: dict[str, np.ndarray[Any, Any]], stored: bool = False) -> None:
        self._take: _Take = arrays.__getitem__ if stored else arrays.pop
        self._nodes = TREE_NODES + (LIST_NUMBERS if stored else 0)
        self._numbers = 0 if stored else LIST_NUMBERS

    def value(self, node: Any, depth: int) -> Value:
        self._nodes -= 1
        if self._nodes < 0 or depth > TREE_DEPTH:
            _refuse("it has too many parts")
        if isinstance(node, int):
            return _bounded(node)
        if node is None or isinstance(node, (float, str)):
            return node
        if not isinstance(node, dict):
            _refuse("a part of it is neither a scalar nor a node")
        try:
            return self._node(node, depth)
        except FrameError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FrameError(f"a node is not as it should be: {error}") from None

    def _node(self, node: dict[str, Any], depth: int) -> Value:
        kind = _text(node["t"])
        if kind == "list":
            items = tuple(self.value(item, depth + 1) for item in _list(node["items"]))
            return ListValue(items, _text(node["type"]))
        if kind == "dict":
            pairs = ((_text(key), item) for key, item in _list(node["items"]))
            known = tuple((key, self.value(item, depth + 1)) for key, item in pairs)
            return DictValue(known, _text(node["type"]))
        if kind == "array":
            array, dtype = self._take(_text(node["key"])), _text(node["dtype"])
            return ArrayValue(dtype, array, node["grad"] is True, _text(node["type"]))
        if kind == "numbers":
            return self._list_of(self._take(_text(node["key"])), _text(node["type"]))
        return _leaf(node, kind)

    def _list_of(self, array: np.ndarray[Any, Any], kind: str) -> ListValue:
        """A list of numbers that travelled as an array, as ``encode`` makes them."""
        self._numbers -= array.size
        if array.ndim != 1 or array.dtype not in (np.int64, np.float64) or self._numbers < 0:
            _refuse("a list of numbers is not one, or too long")
        return ListValue(tuple(array.tolist()), kind)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("it has a key twice")
    return found


def _leaf(node: dict[str, Any], kind: str) -> Value:
    if kind == "opaque":
        return OpaqueValue(_text(node["type"]))
    if kind == "float" and node["v"] in ("nan", "inf", "-inf"):
        return float(node["v"])
    if kind == "int" and len(_text(node["v"])) <= _HEX:
        return _bounded(int(node["v"], 16))
    return _refuse(f"there is no node {kind!r}")


def _bounded(number: int) -> int:
    if number.bit_length() > INT_BITS:
        _refuse("a whole number is too large")
    return number


def _finite(text: str) -> float:
    """``1e999`` is no NaN, but JSON has no infinity either."""
    number = float(text)
    if not math.isfinite(number):
        _refuse("a number is not finite")
    return number


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
