"""Words for values: what they are, and where in a result they stand.

In: values. Out: short texts for a person, of bounded length.
"""

from __future__ import annotations

from typing import Any

from grader.model import ArrayValue, DictValue, ListValue, Missing, OpaqueValue, Value


def type_of(value: Value | Missing) -> str:
    """What a value is, in words for a person."""
    match value:
        case None:
            return "None"
        case ArrayValue():
            name = "tensor" if is_tensor(value) else "numpy array"
            return f"a {name} of shape {shape_of(value)}"
        case ListValue():
            return f"a {value.type}"
        case DictValue():
            return "a dict" if value.type == "dict" else f"a mapping ({value.type})"
        case OpaqueValue():
            return f"a `{value.type}`"
        case Missing():
            return "nothing"
    return {"bool": "a bool", "int": "an int", "float": "a float", "str": "a string"}[
        type(value).__name__
    ]


def is_tensor(value: ArrayValue) -> bool:
    return not value.type.startswith("numpy.")


def where(path: str) -> str:
    return f"`{path}`" if path else "the result"


def index_of(index: tuple[int, ...], dims: tuple[str, ...]) -> str:
    if len(dims) == len(index):
        return "[" + ", ".join(f"{dim} {at}" for dim, at in zip(dims, index, strict=True)) + "]"
    return "[" + ", ".join(map(str, index)) + "]"


def element(array: ArrayValue, index: tuple[int, ...]) -> str:
    value = array.data[index].item()
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def shape_of(array: ArrayValue) -> str:
    return "(" + ", ".join(map(str, array.shape)) + ")"


def short(value: Any, limit: int = 120) -> str:
    if isinstance(value, (ArrayValue, OpaqueValue, DictValue)):
        text = type_of(value)
    elif isinstance(value, ListValue):
        text = "[" + ", ".join(short(item, 30) for item in value.items[:12])
        text += ", …]" if len(value.items) > 12 else "]"
    else:
        text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
