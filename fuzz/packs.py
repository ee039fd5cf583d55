"""Packs whose hashes are right, whatever is in them: for the tests and the fuzzer.

In: the members of a topic, one a line (the two of JSON, then the arrays). Out: a pack's bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator

from grader.pack.form import MANIFEST, SCHEMA
from grader.pack.pack import Pack
from grader.pack.read import PARTS
from grader.pack.write import digest_of, dump

TOPIC = "made_up"


def lines_of(pack: Pack) -> bytes:
    """The members of the topic ``made_up``, one a line."""
    with zipfile.ZipFile(io.BytesIO(dump(pack))) as archive:
        public, outcomes, arrays = (archive.read(f"{TOPIC}/{part}") for part in PARTS)
    tight = (json.dumps(json.loads(text)).encode() for text in (public, outcomes))
    return b"\n".join((*tight, arrays))


def sealed(lines: bytes) -> bytes:
    """A pack of these members, as somebody makes it who knows how."""
    parts = (*lines.split(b"\n", 2), b"", b"")
    members = {f"{TOPIC}/{name}": data for name, data in zip(PARTS, parts, strict=False)}
    manifest = {
        "schema": SCHEMA,
        "versions": {"grader": "0.1.0"},
        "topics": {TOPIC: "0" * 64},
        "members": dict(_members(members)),
    }
    manifest["digest"] = digest_of(manifest)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in {MANIFEST: json.dumps(manifest).encode(), **members}.items():
            archive.writestr(name, data)
    return out.getvalue()


def _members(members: dict[str, bytes]) -> Iterator[tuple[str, dict[str, object]]]:
    for name, data in members.items():
        yield name, {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
