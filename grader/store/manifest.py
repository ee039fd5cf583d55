"""What a call did as a manifest: JSON that names its values and longer texts by their content.

In: a ``CallRecord``. Out: its manifest and the blobs that it names; and the record again, from a
manifest and its parts. Times are not in it: equal behaviours have equal manifests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

from grader.model import Broken, CallRecord, Died, Frame, Outcome, Raised, Returned, Value
from grader.store.blobs import MANIFEST, TEXT, VALUE, Blob, blob
from grader.store.kept import Kept, Read
from grader.store.values import SHORT, Short, dump_value, load_short, text_of, tree_from

_FORMAT = 1
_KINDS: dict[str, type[Returned | Raised | Died]] = {
    "returned": Returned,
    "raised": Raised,
    "died": Died,
}
_TIMES = ("wall", "cpu")
# The value, and what may be long: their JSON says where they are.
_PARTS = ("value", "output", "message", "detail", "load_output")


class Packed(NamedTuple):
    """A record ready to be written: its manifest, and what that names, by name."""

    manifest: Blob
    parts: dict[str, bytes]


def pack(record: CallRecord) -> Packed:
    """The record without its times. Raises ``ValueError`` when an outcome is ``Broken``: what is
    the grader's own fault says nothing of a function, and is never kept."""
    parts: dict[str, bytes] = {}
    tree = {
        "format": _FORMAT,
        "function": record.function,
        "outcomes": [
            [case, _outcome_tree(case, outcome, parts)] for case, outcome in record.outcomes.items()
        ],
        "layers": record.layers,
        "load_output": _text_tree(record.load_output, parts),
        "stopped": record.stopped,
    }
    return Packed(blob(MANIFEST, text_of(tree)), parts)


def _outcome_tree(case: str, outcome: Outcome, parts: dict[str, bytes]) -> dict[str, Any]:
    if isinstance(outcome, Broken):
        raise ValueError(f"the grader failed on {case!r}, which is not kept: {outcome.detail}")
    kind = next(name for name, of in _KINDS.items() if isinstance(outcome, of))
    tree: dict[str, Any] = {"kind": kind}
    for field in fields(outcome):
        found = getattr(outcome, field.name)
        if field.name == "value":
            tree["value"] = _value_tree(found, parts)
        elif field.name == "frames":
            tree["frames"] = [[frame.line, frame.function] for frame in found]
        elif field.name in _PARTS:
            tree[field.name] = _text_tree(found, parts)
        elif field.name not in _TIMES:
            tree[field.name] = found
    return tree


def _value_tree(value: Value, parts: dict[str, bytes]) -> dict[str, Any]:
    dumped = dump_value(value)
    return {"is": dumped.tree} if isinstance(dumped, Short) else _named(VALUE, dumped, parts)


def _text_tree(text: str, parts: dict[str, bytes]) -> Any:
    if len(text) <= SHORT:
        return text
    return _named(TEXT, text.encode("utf-8", "surrogatepass"), parts)


def _named(kind: bytes, data: bytes, parts: dict[str, bytes]) -> dict[str, Any]:
    part = blob(kind, data)
    parts[part.name] = part.content
    return {"blob": part.name}


def names_in(tree: Any) -> dict[str, bytes]:
    """What a manifest names, with the kind of each."""
    places = [*(outcome for _, outcome in tree["outcomes"]), tree]
    return {
        node["blob"]: VALUE if key == "value" else TEXT
        for place in places
        for key in _PARTS
        if isinstance(node := place.get(key), dict) and "blob" in node
    }


def unpack(tree: Any, texts: Mapping[str, str], read: Read) -> CallRecord:
    """The record of a manifest's JSON, its times zero. ``texts`` are those that it names, ``read``
    gives a value by its name, when it is looked at. Raises ``KeyError``, ``TypeError`` or
    ``ValueError`` when it is no manifest."""
    outcomes = {case: _outcome(node, texts, read) for case, node in tree["outcomes"]}
    return CallRecord(
        tree["function"],
        outcomes,
        tuple(tree["layers"]),
        _text(tree["load_output"], texts),
        tuple(tree["stopped"]),
    )


def _outcome(tree: dict[str, Any], texts: Mapping[str, str], read: Read) -> Outcome:
    special = ("kind", "value")
    known = {name: _field(name, node, texts) for name, node in tree.items() if name not in special}
    kind = _KINDS[tree["kind"]]
    if kind is not Returned:
        outcome: Outcome = kind(**known)
        return outcome
    value = tree["value"]
    if "blob" in value:
        return Kept(value["blob"], read, **known)
    return Returned(load_short(value["is"]), **known)


def _field(name: str, node: Any, texts: Mapping[str, str]) -> Any:
    if name == "frames":
        return tuple(Frame(line, function) for line, function in node)
    if name in _PARTS:
        return _text(node, texts)
    return tuple(node) if isinstance(node, list) else node


def _text(node: Any, texts: Mapping[str, str]) -> str:
    text: str = texts[node["blob"]] if isinstance(node, dict) else node
    return text


def manifest_tree(data: bytes) -> Any:
    """A manifest's JSON. Raises ``ValueError`` when a newer grader wrote it, or it is none."""
    tree = tree_from(data)
    if tree["format"] != _FORMAT:
        raise ValueError(f"a manifest of format {tree['format']!r}")
    return tree


def timed(record: CallRecord, wall: float, cpu: float) -> CallRecord:
    """The record with the seconds of one call."""
    return replace(record, wall=wall, cpu=cpu)
