"""A plain value as bytes, the same for the same value, and back bit for bit. No pickle.

In: a ``Value``. Out: JSON and, behind it, its arrays as safetensors. A short value without arrays
is JSON nodes, to stand where the others are only named. The nodes are those of ``archive``.
"""

from __future__ import annotations

import json
import struct
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save

from grader.archive import tree_of
from grader.model import Value
from grader.worker.decode import FrameError, arrays_of, stored_value

SHORT = 200  # bytes of JSON, or characters of a text, that are kept where they are used
NODE_WEIGHT = 16  # bytes of objects that one byte of JSON becomes
# Kinds of numbers that ``worker.decode`` does not take: they travel as bytes. A sandbox sends none
# (half precision comes as float32, which holds it exactly), a test's may.
_VIEWED = frozenset({"<f2", "<c8", "<c16"})
_DAMAGES = (AttributeError, KeyError, RecursionError, TypeError, ValueError, struct.error)


class Short(NamedTuple):
    """A value as JSON nodes."""

    tree: Any


def text_of(tree: Any) -> bytes:
    """JSON that keeps every string: two surrogates side by side stay two."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def tree_from(text: bytes) -> Any:
    """What ``text_of`` wrote."""
    return json.loads(text.decode("utf-8", "surrogatepass"))


def dump_value(value: Value) -> Short | bytes:
    """The value as nodes if it is short, or as bytes. Raises ``ValueError`` for arrays of what are
    not numbers, which no sandbox hands over."""
    arrays: dict[str, Any] = {}
    tree = tree_of(value, arrays)
    views = {key: _view(array) for key, array in arrays.items() if array.dtype.str in _VIEWED}
    text = text_of([tree, views])
    if not arrays and len(text) <= SHORT:
        return Short(tree)
    plain = {key: _bytes_of(array) if key in views else array for key, array in arrays.items()}
    try:
        payload = save(plain) if plain else b""
    except (KeyError, SafetensorError) as error:
        raise ValueError(f"a value has an array that cannot be kept: {error}") from None
    return struct.pack("<I", len(text)) + text + payload


def load_value(data: bytes) -> Value:
    """The value in bytes of ``dump_value``. Raises ``FrameError`` when they are damaged."""
    try:
        (length,) = struct.unpack("<I", data[:4])
        tree, views = tree_from(data[4 : 4 + length])
        arrays = arrays_of(data[4 + length :], len(data))
        for key, (dtype, shape) in views.items():
            arrays[key] = arrays[key].view(np.dtype(dtype)).reshape(shape)
        return stored_value(tree, arrays)
    except _DAMAGES as error:
        raise FrameError(f"a stored value is damaged: {error}") from None


def load_short(tree: Any) -> Value:
    """The value of nodes that stood in a manifest."""
    return stored_value(tree, {})


def weight_of(data: bytes) -> int:
    """About how many bytes the value in ``data`` takes in memory: its arrays as they are, and for
    each character of JSON the share of an object."""
    return len(data) + NODE_WEIGHT * int.from_bytes(data[:4], "little")


def _view(array: np.ndarray[Any, Any]) -> tuple[str, tuple[int, ...]]:
    return array.dtype.str, array.shape


def _bytes_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.frombuffer(array.tobytes(), np.uint8)
