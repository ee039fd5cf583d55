"""Changes that keep a frame's or a message's outer form, so that what lies deeper is reached.

In: bytes, and a generator of chance. Out: other bytes. Half of what a blind fuzzer makes of a frame
is refused for its lengths; here the lengths are mostly mended.
"""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from typing import Any

from fuzz.frames import NUMBERS, array, entry, frame, listed, payload

_KINDS = (
    "list",
    "dict",
    "array",
    "numbers",
    "opaque",
    "float",
    "int",
    "returned",
    "raised",
    "died",
)
_DTYPES = ("BOOL", "U8", "I8", "I64", "U64", "F32", "F64", "F16", "BF16", "F8_E4M3", "F4", "C64")
# What is put in a part's place.
POOL: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 17, 255, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 2**64),
    *(10**400, 10**1300, 0.5, -0.0, 5e-324, 1.8e308, float("nan"), float("inf")),
    *("", "a", "n", "t", "nan", "inf", "-inf", "0x1", "0x" + "f" * 1024, "0x" + "f" * 1025, "1_0"),
    *("\ud800", "\x00", "é", "x" * 300, "case", "timeout", "one", "f", "g"),
    *_KINDS,
    *_DTYPES,
    *([], {}, [[]], [0] * 17, [1] * 40, [0, 2**63], [2**64 - 1, 0], [[1, "f"]], {"t": "list"}),
    *(array(), array("n"), NUMBERS, listed(), listed(NUMBERS, NUMBERS), {"t": "float", "v": "nan"}),
    *(entry("F32", [2], 0, 8), entry("U8", [0], 0, 0), entry("I64", [1] * 16, 0, 8)),
)

Chance = random.Random
Blind = Callable[[bytes], bytes]  # the fuzzer's own change of bytes


def changed_frame(data: bytes, chance: Chance, blind: Blind) -> bytes:
    """A frame with its header, its index or its data changed."""
    if len(data) < 8:
        return blind(data)
    (length,) = struct.unpack("<I", data[4:8])
    header, rest = data[8 : 8 + length], data[8 + length :]
    size = int.from_bytes(rest[:8], "little")
    index, content = rest[8 : 8 + size], rest[8 + size :]
    part = chance.random()
    if part < 0.1:
        return blind(data)
    if part < 0.3 and rest:
        index = _changed_text(index, chance, blind)
    elif part < 0.4 and rest:
        content = blind(content)
    else:
        header = _changed_text(header, chance, blind)
    lie = chance.random() < 0.05
    body = payload(index, content, size if lie else None) if rest else b""
    return frame(header, body, length if lie else None)


def changed_messages(data: bytes, chance: Chance, blind: Blind) -> bytes:
    """Lines of which one is changed, doubled, moved or left out."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    what = chance.randrange(5)
    if what == 0:
        lines.insert(chance.randrange(len(lines) + 1), lines[at])
    elif what == 1:
        del lines[at]
    elif what == 2:
        return blind(data)
    else:
        kind = bytes([chance.randrange(32, 64)]) if chance.random() < 0.2 else lines[at][:1]
        lines[at] = kind + _changed_text(lines[at][1:], chance, blind).replace(b"\n", b" ")
    return b"\n".join(lines)


def changed_members(data: bytes, chance: Chance, blind: Blind) -> bytes:
    """Members of a pack, one a line, of which one is changed; the last is no JSON."""
    lines = data.split(b"\n", 2)
    at = chance.randrange(len(lines))
    if at == 2:
        lines[2] = blind(lines[2])
    else:
        lines[at] = _changed_text(lines[at], chance, blind).replace(b"\n", b" ")
    return b"\n".join(lines)


def _changed_text(text: bytes, chance: Chance, blind: Blind) -> bytes:
    """JSON with a part exchanged; what is no JSON is changed blindly."""
    if chance.random() < 0.1:
        return blind(text)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return blind(text)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tree = _changed(tree, chance)
    try:
        return json.dumps(tree, ensure_ascii=chance.random() < 0.9).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return blind(text)


def _changed(node: Any, chance: Chance) -> Any:
    """The tree with one part exchanged, doubled, wrapped or left out."""
    inner = isinstance(node, (dict, list)) and len(node) > 0 and chance.random() < 0.85
    if inner and isinstance(node, dict):
        return _changed_dict(node, chance)
    if inner:
        return _changed_list(node, chance)
    new = chance.choice(POOL)
    return listed(node) if chance.random() < 0.1 else new


def _changed_dict(node: dict[str, Any], chance: Chance) -> dict[str, Any]:
    key = chance.choice(list(node))
    what = chance.random()
    if what < 0.05:
        return {name: item for name, item in node.items() if name != key}
    if what < 0.1:
        return {**node, str(chance.choice(POOL))[:20]: node[key]}
    return {**node, key: _changed(node[key], chance)}


def _changed_list(node: list[Any], chance: Chance) -> list[Any]:
    at = chance.randrange(len(node))
    what = chance.random()
    if what < 0.05:
        return node[:at] + node[at + 1 :]
    if what < 0.15:
        return node[:at] + [node[at]] * chance.choice((2, 3, 30)) + node[at + 1 :]
    return [*node[:at], _changed(node[at], chance), *node[at + 1 :]]
