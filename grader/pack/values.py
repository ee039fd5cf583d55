"""Outcomes and values of one topic, each stored once.

In: outcomes. Out: numbers of them, and the tables that these point into; and the outcomes again.
Mistakes mostly do what the reference does in all cases but some, so one in three is new. Arrays go
by their bytes into a safetensors file of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from safetensors.numpy import save

from grader.archive import tree_of
from grader.model import Died, Outcome, Raised, Returned, Value
from grader.pack.form import OutcomeForm
from grader.worker.decode import stored_value

Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(slots=True)
class Table:
    """JSON nodes by number, and the arrays they name. Equal ones share one number."""

    nodes: list[Any] = field(default_factory=list)
    arrays: Arrays = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add_outcome(self, outcome: Outcome) -> int:
        """The outcome's number. Takes what ``reduce`` leaves of outcomes."""
        if isinstance(outcome, Returned):
            return self._add({"kind": "returned", "value": self._tree(outcome.value)})
        if isinstance(outcome, Raised):
            told = {"type": outcome.type, "message": outcome.message, "stage": outcome.stage}
            return self._add({"kind": "raised", **told, "classes": list(outcome.classes)})
        if isinstance(outcome, Died):
            return self._add({"kind": "died", "reason": outcome.reason, "stage": outcome.stage})
        raise TypeError(f"a pack cannot hold {type(outcome).__name__}")

    def add_value(self, value: Value) -> int:
        """The value's number."""
        return self._add(self._tree(value))

    def _add(self, node: Any) -> int:
        text = json.dumps(node)
        if text not in self._numbers:
            self._numbers[text] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[text]

    def _tree(self, value: Value) -> Any:
        own: Arrays = {}
        tree = tree_of(value, own)
        keys = {}
        for key, array in own.items():
            keys[key] = _key(array)
            self.arrays[keys[key]] = array
        return _renamed(tree, keys)


def dump_arrays(arrays: Arrays) -> bytes:
    """The arrays as safetensors; no byte for none."""
    data: bytes = save(arrays) if arrays else b""
    return data


def outcome_of(form: OutcomeForm, arrays: Arrays) -> Outcome:
    """The outcome again. Raises ``FrameError`` when its value is none."""
    if form.kind == "returned":
        return Returned(stored_value(form.value, arrays))
    if form.kind == "raised":
        return Raised(form.type, form.message, tuple(form.classes), stage=form.stage)
    return Died(form.reason, stage=form.stage)


def values_of(nodes: Sequence[Any], arrays: Arrays) -> list[Value]:
    """The values again. Raises ``FrameError``."""
    return [stored_value(node, arrays) for node in nodes]


def _key(array: np.ndarray[Any, Any]) -> str:
    what = f"{array.dtype.str} {array.shape}".encode()
    return hashlib.sha256(what + b"\0" + array.tobytes()).hexdigest()[:16]


def _renamed(node: Any, keys: dict[str, str]) -> Any:
    """The tree with its arrays' keys exchanged."""
    if isinstance(node, list):
        return [_renamed(item, keys) for item in node]
    if not isinstance(node, dict):
        return node
    if node["t"] == "array":
        return {**node, "key": keys[node["key"]]}
    if "items" in node:
        return {**node, "items": _renamed(node["items"], keys)}
    return node
