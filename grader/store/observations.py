"""What calls did, by their keys: found again, and kept.

In: a connection in a transaction, digests or records. Out: rows and ``Recalled`` records. Records
and values are remembered by content, since most right answers of a class are equal.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, select, update

from grader.model import CallKey, CallRecord
from grader.store.blobs import MANIFEST, TEXT, content_of, shrunk
from grader.store.engines import insert_into
from grader.store.manifest import Packed, manifest_tree, names_in, timed, unpack
from grader.store.memory import Memory
from grader.store.tables import blobs, observations, parts
from grader.store.values import NODE_WEIGHT, load_value, weight_of

AT_ONCE = 500  # digests in one query: both databases take many more, but plan them anew each time
MANIFESTS = 50  # records that are put together at once, with all that they name
_DAY = 86_400
_ROWS = select(
    observations.c.digest,
    observations.c.manifest,
    observations.c.wall,
    observations.c.cpu,
    observations.c.used,
).where(observations.c.digest.in_(bindparam("digests", expanding=True)))
_BLOBS = select(blobs.c.hash, blobs.c.data).where(
    blobs.c.hash.in_(bindparam("names", expanding=True))
)
_NAMES = select(blobs.c.hash).where(blobs.c.hash.in_(bindparam("names", expanding=True)))
_USED = (
    update(observations)
    .where(observations.c.digest.in_(bindparam("digests", expanding=True)))
    .values(used=bindparam("day"))
)
_LATEST = (
    select(*(observations.c[name] for name in CallKey.__dataclass_fields__))
    .where(
        observations.c.source == bindparam("source"),
        observations.c.topic == bindparam("topic"),
        observations.c.function == bindparam("function"),
    )
    .order_by(observations.c.made.desc())
    .limit(1)
)
_Item = TypeVar("_Item")


class Recalled(NamedTuple):
    """What a call did. ``manifest`` is the hash of all of it but the times: those of equal
    behaviours are equal. Its outcomes' times are zero."""

    manifest: str
    record: CallRecord


class Row(NamedTuple):
    """An observation as it is stored, but for its key."""

    digest: str
    manifest: str
    wall: float
    cpu: float
    used: int


def today() -> int:
    """The day, counted from 1970."""
    return int(time.time()) // _DAY


def batches(items: Iterable[_Item], size: int = AT_ONCE) -> Iterator[list[_Item]]:
    """The items, so many at a time."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


def rows_of(connection: Connection, digests: Iterable[str]) -> list[Row]:
    """Those observations that are there."""
    return [
        Row(*row)
        for batch in batches(digests)
        for row in connection.execute(_ROWS, {"digests": batch})
    ]


def latest(connection: Connection, topic: str, function: str, source: str) -> CallKey | None:
    """The newest key of a function in a source."""
    asked = {"topic": topic, "function": function, "source": source}
    found = connection.execute(_LATEST, asked).first()
    return CallKey(*found) if found else None


def mark_used(connection: Connection, digests: Iterable[str]) -> None:
    """Writes down that these were used today."""
    for batch in batches(sorted(digests)):
        connection.execute(_USED, {"digests": batch, "day": today()})


def keep(
    connection: Connection, found: Sequence[tuple[CallKey, CallRecord]], packed: Sequence[Packed]
) -> None:
    """Writes observations, with what of their content is not there yet. What is there stays: of one
    key the first record counts."""
    _keep_content(connection, packed)
    now, day = time.time(), today()
    rows = [
        {name: getattr(key, name) for name in CallKey.__dataclass_fields__}
        | {"digest": key.digest, "manifest": one.manifest.name, "made": now, "used": day}
        | {"wall": record.wall, "cpu": record.cpu}
        for (key, record), one in zip(found, packed, strict=True)
    ]
    if rows:
        new = insert_into(connection, observations).on_conflict_do_nothing()
        connection.execute(new, sorted(rows, key=lambda row: row["digest"]))


def _keep_content(connection: Connection, packed: Iterable[Packed]) -> None:
    """A manifest that is there has all its parts there: they are written together, and go last."""
    new = {one.manifest.name: one for one in packed}
    for name in _known(connection, new):
        del new[name]
    contents = {one.manifest.name: one.manifest.content for one in new.values()}
    for one in new.values():
        contents |= one.parts
    for name in _known(connection, contents):
        del contents[name]
    if contents:
        rows = [{"hash": name, "data": shrunk(contents[name])} for name in sorted(contents)]
        connection.execute(insert_into(connection, blobs).on_conflict_do_nothing(), rows)
    named = [{"manifest": name, "part": part} for name, one in new.items() for part in one.parts]
    if named:
        named.sort(key=lambda row: (row["manifest"], row["part"]))
        connection.execute(insert_into(connection, parts).on_conflict_do_nothing(), named)


def _known(connection: Connection, names: Iterable[str]) -> list[str]:
    return [
        name for batch in batches(names) for (name,) in connection.execute(_NAMES, {"names": batch})
    ]


class Records:
    """Records by their manifests' names, put together from stored blobs, or from those of a
    record that is about to be stored."""

    def __init__(self, limit: int) -> None:
        self._memory = Memory(limit)

    def recalled(self, connection: Connection, rows: Sequence[Row]) -> dict[str, Recalled]:
        """The rows' records, by digest. Raises ``ValueError`` or its like for damaged bytes."""
        records = self.of({row.manifest for row in rows}, _Stored(connection))
        return {
            row.digest: Recalled(row.manifest, timed(records[row.manifest], row.wall, row.cpu))
            for row in rows
        }

    def of(self, names: Iterable[str], source: _Stored | _Fresh) -> dict[str, CallRecord]:
        """Records by manifest. What is not remembered is taken from ``source``."""
        found = {name: self._memory.get(name) for name in names}
        records = {name: known[0] for name, known in found.items() if known}
        for batch in batches([name for name, known in found.items() if not known], MANIFESTS):
            trees = source.contents(dict.fromkeys(batch, MANIFEST))
            records |= self._put_together(trees, source)
        return records

    def _put_together(
        self, manifests: Mapping[str, bytes], source: _Stored | _Fresh
    ) -> dict[str, CallRecord]:
        trees = {name: manifest_tree(data) for name, data in manifests.items()}
        kinds: dict[str, bytes] = {}
        for tree in trees.values():
            kinds |= names_in(tree)
        known = self._parts(kinds, source)
        things = {name: thing for name, (thing, _) in known.items()}
        records = {}
        for name, tree in trees.items():
            records[name] = unpack(tree, things)
            size = NODE_WEIGHT * len(manifests[name]) + sum(known[one][1] for one in names_in(tree))
            self._memory.put(name, records[name], size)
        return records

    def _parts(
        self, kinds: Mapping[str, bytes], source: _Stored | _Fresh
    ) -> dict[str, tuple[Any, int]]:
        """Values and texts by name, each with its size in memory."""
        found = {name: self._memory.get(name) for name in kinds}
        known = {name: thing for name, thing in found.items() if thing}
        missing = {name: kind for name, kind in kinds.items() if name not in known}
        for name, data in source.contents(missing).items():
            thing, size = _part(missing[name], data)
            self._memory.put(name, thing, size)
            known[name] = (thing, size)
        return known


def _part(kind: bytes, data: bytes) -> tuple[Any, int]:
    if kind == TEXT:
        return data.decode("utf-8", "surrogatepass"), 4 * len(data)
    return load_value(data), weight_of(data)


class _Stored(NamedTuple):
    """Contents from the database."""

    connection: Connection

    def contents(self, kinds: Mapping[str, bytes]) -> dict[str, bytes]:
        """The contents of these names, each of which is there and of its kind."""
        found = {}
        for batch in batches(kinds):
            for name, data in self.connection.execute(_BLOBS, {"names": batch}):
                found[name] = content_of(name, kinds[name], data)
        if missing := kinds.keys() - found.keys():
            raise ValueError(f"the stored bytes {min(missing)[:12]} are missing")
        return found


class _Fresh(NamedTuple):
    """Contents of what was just packed."""

    packed: Packed

    def contents(self, kinds: Mapping[str, bytes]) -> dict[str, bytes]:
        known = {self.packed.manifest.name: self.packed.manifest.content, **self.packed.parts}
        return {name: known[name][1:] for name in kinds}


def from_packed(records: Records, packed: Packed) -> CallRecord:
    """The record as it will be recalled. Raises ``ValueError`` when it could not be."""
    name = packed.manifest.name
    return records.of([name], _Fresh(packed))[name]
