"""Plain values: what a student's function returned, as data that the trusted process can hold.

In: nothing. Out: the value types that the codec decodes to and that the comparison walks.
A value is ``None``, ``bool``, ``int``, ``float``, ``str`` or one of the classes below; no class of
a student's, no torch object and no pickle is ever among them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # numpy takes a tenth of a second to import, and `grader --help` needs none
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class ArrayValue:
    """A tensor or array. ``dtype`` is the name the student's object had (``"bfloat16"`` data is
    held as float32, which represents it exactly)."""

    dtype: str
    data: npt.NDArray[np.generic]
    requires_grad: bool = False
    type: str = "torch.Tensor"

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.data.shape)


@dataclass(frozen=True, slots=True)
class ListValue:
    """A list, tuple or other sequence; ``type`` keeps which."""

    items: tuple[Value, ...]
    type: str = "list"


@dataclass(frozen=True, slots=True)
class DictValue:
    """A mapping with string keys, in its own order; ``type`` keeps which (``"BatchEncoding"``)."""

    items: tuple[tuple[str, Value], ...]
    type: str = "dict"

    def get(self, key: str) -> Value | Missing:
        return next((value for name, value in self.items if name == key), MISSING)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.items)


@dataclass(frozen=True, slots=True)
class OpaqueValue:
    """Something that has no plain form: a function, a generator, an open file."""

    type: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """The absence of a value at a path, told apart from ``None``."""


MISSING = Missing()

Value: TypeAlias = (
    bool | int | float | str | ArrayValue | ListValue | DictValue | OpaqueValue | None
)


def at_path(value: Value, path: str) -> Value | Missing:
    """The value at a dotted path, as ``"best_state"`` or ``"hidden_states.0"``; ``""`` is all."""
    found: Value | Missing = value
    for step in path.split(".") if path else ():
        if isinstance(found, DictValue):
            found = found.get(step)
        elif isinstance(found, ListValue) and step.isdigit() and int(step) < len(found.items):
            found = found.items[int(step)]
        else:
            return MISSING
    return found


def hashable(value: Value) -> Hashable:
    """A hashable stand-in for a scalar or a nest of scalars."""
    if isinstance(value, ListValue):
        return tuple(hashable(item) for item in value.items)
    if isinstance(value, ArrayValue):
        return tuple(value.data.ravel().tolist())
    return str(value) if isinstance(value, (DictValue, OpaqueValue)) else value
