"""What calls did, by their keys: found again, and kept.

In: a connection in a transaction, digests or records. Out: rows and ``Recalled`` records. Records
and values are remembered by content, since most right answers of a class are equal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias, TypeVar

from sqlalchemy import Connection, bindparam, select, update

from grader.model import CallKey, CallRecord, Value
from grader.store.blobs import MANIFEST, TEXT, VALUE, content_of, shrunk
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
# The contents of names, each of which is there and of its kind.
Contents: TypeAlias = Callable[[Mapping[str, bytes]], dict[str, bytes]]


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
    record about to be stored. ``fetch`` gives a value that was forgotten, and its weight."""

    def __init__(self, limit: int, fetch: Callable[[str], tuple[Value, int]]) -> None:
        self._memory = Memory(limit)
        self.fetch = fetch

    def recalled(self, connection: Connection, rows: Sequence[Row]) -> dict[str, Recalled]:
        """The rows' records, by digest. Raises ``ValueError`` or its like for damaged bytes."""
        records = self.of({row.manifest for row in rows}, stored(connection))
        return {
            row.digest: Recalled(row.manifest, timed(records[row.manifest], row.wall, row.cpu))
            for row in rows
        }

    def of(self, names: Iterable[str], contents: Contents) -> dict[str, CallRecord]:
        """Records by manifest. What is not remembered is taken from ``contents``; of values
        nothing is read."""
        found = {name: self._memory.get(name) for name in names}
        records = {name: known[0] for name, known in found.items() if known}
        for batch in batches([name for name, known in found.items() if not known], MANIFESTS):
            records |= self._put_together(contents(dict.fromkeys(batch, MANIFEST)), contents)
        return records

    def read(self, name: str, data: bytes | None = None) -> Value:
        """A value: of ``data``, where the caller has that. Raises what ``fetch`` raises, and
        ``ValueError`` or its like for damaged ``data``."""
        known = self._memory.get(name)
        if known is None:
            known = self.fetch(name) if data is None else weighed(data)
            self._memory.put(name, *known)
        value: Value = known[0]
        return value

    def _put_together(
        self, manifests: Mapping[str, bytes], contents: Contents
    ) -> dict[str, CallRecord]:
        trees = {name: manifest_tree(data) for name, data in manifests.items()}
        kinds: dict[str, bytes] = {}
        for tree in trees.values():
            kinds |= {name: kind for name, kind in names_in(tree).items() if kind == TEXT}
        found = contents(kinds)
        texts = {name: data.decode("utf-8", "surrogatepass") for name, data in found.items()}
        records = {}
        for name, tree in trees.items():
            records[name] = unpack(tree, texts, self.read)
            own = sum(4 * len(found[one]) for one in names_in(tree) if one in found)
            self._memory.put(name, records[name], NODE_WEIGHT * len(manifests[name]) + own)
        return records


def weighed(data: bytes) -> tuple[Value, int]:
    """The value in these bytes, and about how many it takes in memory."""
    return load_value(data), weight_of(data)


def stored(connection: Connection) -> Contents:
    """Contents from the database."""

    def contents(kinds: Mapping[str, bytes]) -> dict[str, bytes]:
        found = {}
        for batch in batches(kinds):
            for name, data in connection.execute(_BLOBS, {"names": batch}):
                found[name] = content_of(name, kinds[name], data)
        if missing := kinds.keys() - found.keys():
            raise ValueError(f"the stored bytes {min(missing)[:12]} are missing")
        return found

    return contents


def from_packed(records: Records, packed: Packed) -> CallRecord:
    """The record as it will be recalled, its values read. Raises ``ValueError`` when it could not
    be."""
    known = {packed.manifest.name: packed.manifest.content, **packed.parts}

    def contents(kinds: Mapping[str, bytes]) -> dict[str, bytes]:
        return {name: known[name][1:] for name in kinds}

    name = packed.manifest.name
    for part, kind in names_in(manifest_tree(known[name][1:])).items():
        if kind == VALUE:
            records.read(part, known[part][1:])
    return records.of([name], contents)[name]
