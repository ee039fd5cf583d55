"""Student values to bytes, in the student's process.

In: whatever a function returned. Out: one frame, ``b"GRV1" + length + JSON + safetensors``.
Nothing here trusts a student's class: no ``__eq__``, ``__repr__`` or ``__torch_function__`` of
theirs is called, and sizes are added up before anything is copied. torch's own functions are
taken by reference when this module is imported, before any student code runs.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save

from grader.worker.limits import (
    ARRAY_AXES,
    HEADER_BYTES,
    INT_BITS,
    LIST_NUMBERS,
    PACK_NUMBERS,
    TREE_DEPTH,
    TREE_NODES,
)

MAGIC = b"GRV1"
_tensor_detach = torch.Tensor.detach
_tensor_as_subclass = torch.Tensor.as_subclass
_requires_grad = torch.Tensor.requires_grad.__get__
_is_tensor = torch.Tensor
_module_of = type.__dict__["__module__"].__get__  # a class cannot override it
_NUMPY_KINDS = "biuf"


class ValueTooLargeError(Exception):
    """The value is larger, deeper or wider than the channel takes."""


@dataclass(slots=True)
class _Encoder:
    """Walks one value. ``arrays`` collects the raw data; ``budget`` is what is left, in bytes."""

    budget: int
    arrays: dict[str, Any] = field(default_factory=dict)
    nodes: int = 0
    numbers: int = 0

    def node(self, value: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > TREE_NODES:
            raise ValueTooLargeError(f"it has more than {TREE_NODES} parts")
        if depth > TREE_DEPTH:
            raise ValueTooLargeError(
                f"it is nested more than {TREE_DEPTH} deep, or contains itself"
            )
        if value is None or type(value) is bool:
            return value
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        if isinstance(value, (int, float, str, np.integer, np.floating)):
            return _scalar(value)
        if isinstance(value, _is_tensor):
            return self.tensor(value)
        if isinstance(value, np.ndarray):
            return self.array(np.asarray(value), "numpy.ndarray", depth)
        return self.container(value, depth)

    def container(self, value: Any, depth: int) -> Any:
        kind = _type_name(value)
        if isinstance(value, Mapping):
            # A mapping of a student's own may have no end.
            keys = list(islice(value, TREE_NODES + 1))
            items = [[_key(k), self.node(value[k], depth + 1)] for k in keys]
            return {"t": "dict", "type": kind, "items": items}
        if isinstance(value, (list, tuple)):
            if len(value) >= PACK_NUMBERS and _all_numbers(value):
                return self.packed(value, kind)
            return {"t": "list", "type": kind, "items": [self.node(v, depth + 1) for v in value]}
        if isinstance(value, (set, frozenset)):
            parts = [self.node(v, depth + 1) for v in value]
            return {"t": "list", "type": kind, "items": sorted(parts, key=str)}
        if isinstance(value, (torch.dtype, torch.device, torch.Size)):
            return str(value)
        return {"t": "opaque", "type": kind}

    def packed(self, numbers: list[Any] | tuple[Any, ...], kind: str) -> Any:
        """Numbers of a long list as one array; the decoder makes a list of them again."""
        self.numbers += len(numbers)
        if self.numbers > LIST_NUMBERS:
            raise ValueTooLargeError(f"its lists have more than {LIST_NUMBERS} numbers")
        node = self.array(np.array(numbers), kind)
        return {**node, "t": "numbers"}

    def tensor(self, value: Any) -> Any:
        with torch._C.DisableTorchFunctionSubclass():
            needs_grad = bool(_requires_grad(value))
            kind = _type_name(value)
            plain = _tensor_detach(value)
            if plain.device.type == "meta":
                return {"t": "opaque", "type": f"{kind} without data (device meta)"}
            small = plain.is_floating_point() and plain.element_size() < 4
            self.spend(plain.numel() * (4 if small or plain.is_quantized else plain.element_size()))
            if plain.layout != torch.strided:
                plain = plain.to_dense()
            plain = _tensor_as_subclass(plain, torch.Tensor)
            if plain.is_quantized:
                plain = plain.dequantize()
            name = str(plain.dtype).removeprefix("torch.")
            if plain.is_complex():
                return {"t": "opaque", "type": f"{kind} of {name}"}
            if small:
                plain = plain.float()
            array = plain.resolve_conj().resolve_neg().cpu().contiguous().numpy()
        return self.store(array, kind, name, needs_grad)

    def array(self, value: Any, kind: str, depth: int = 0) -> Any:
        if value.dtype.kind not in _NUMPY_KINDS:
            if value.dtype.kind in "UO" and value.size <= TREE_NODES:
                return self.node(value.tolist(), depth + 1)
            return {"t": "opaque", "type": f"{kind} of {value.dtype.name}"}
        size = value.dtype.itemsize
        if value.dtype.kind == "f":
            size = 4 if size <= 4 else 8
        self.spend(value.size * size)
        plain = np.ascontiguousarray(value).reshape(value.shape)
        if size != value.dtype.itemsize:
            plain = plain.astype(f"f{size}")
        return self.store(plain, kind, value.dtype.name, False)

    def store(self, array: Any, kind: str, dtype: str, requires_grad: bool) -> Any:
        if array.ndim > ARRAY_AXES:
            raise ValueTooLargeError(f"one of its tensors has {array.ndim} axes")
        key = f"a{len(self.arrays)}"
        self.arrays[key] = array
        return {"t": "array", "key": key, "type": kind, "dtype": dtype, "grad": requires_grad}

    def spend(self, size: int) -> None:
        self.budget -= size
        if self.budget < 0:
            raise ValueTooLargeError(f"one of its tensors brings it to {_megabytes(size)} or more")


def encode(value: Any, limit: int) -> bytes:
    """The frame of ``value``, its data at most ``limit`` bytes.

    Raises ``ValueTooLargeError`` with the reason, before copying, when it does not fit.
    """
    encoder = _Encoder(budget=limit)
    header = json.dumps(encoder.node(value), allow_nan=False).encode("utf-8", "surrogatepass")
    if len(header) > HEADER_BYTES:
        raise ValueTooLargeError(f"its structure takes {len(header)} bytes to describe")
    payload = save(encoder.arrays) if encoder.arrays else b""
    return MAGIC + struct.pack("<I", len(header)) + header + payload


def _scalar(value: Any) -> Any:
    """A number or string of the exact built-in class, whatever subclass it came as."""
    if isinstance(value, str):
        return str.__str__(value).encode("utf-8", "replace").decode()
    if isinstance(value, (int, np.integer)):
        number = int.__index__(value) if isinstance(value, int) else int(value)
        if number.bit_length() > INT_BITS:
            raise ValueTooLargeError(f"one of its whole numbers has {number.bit_length()} bits")
        return number if abs(number) < 2**63 else {"t": "int", "v": hex(number)}
    real = float.__float__(value) if isinstance(value, float) else float(value)
    return real if np.isfinite(real) else {"t": "float", "v": repr(real)}


def _key(key: Any) -> str:
    if not isinstance(key, (str, int, float, np.integer, np.floating)):
        return f"<{_type_name(key)}>"
    plain = _scalar(key)
    return str(plain["v"] if isinstance(plain, dict) else plain)


def _all_numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    kinds = {type(value) for value in values}
    return kinds == {float} or (kinds == {int} and all(abs(value) < 2**63 for value in values))


def _type_name(value: Any) -> str:
    kind = type(value)
    name = type.__getattribute__(kind, "__qualname__")
    module = _module_of(kind)
    plain = module in ("builtins", None) or not isinstance(module, str)
    return (str(name) if plain else f"{module}.{name}")[:120]


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB"
