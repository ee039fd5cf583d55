"""Grades of submissions, as bytes, and what a person gives by hand.

In: a connection in a transaction, a space. Out: grades in the order of names, however many.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, select, tuple_

from grader.model import Override
from grader.store.attempts import drop_sources, write_sources
from grader.store.blobs import grown, shrunk
from grader.store.engines import insert_into
from grader.store.observations import batches
from grader.store.tables import overrides, results, sources, uses

_PAGE = 50  # results in memory at a time
_NAMES = 2000  # names, or names with keys


class StoredResult(NamedTuple):
    """A grade as bytes, and the key of all that it depends on."""

    key: str
    grade: bytes


class NewResult(NamedTuple):
    """A result to be kept. ``calls`` are digests of the observations that it was judged from,
    which are then not pruned; ``sources`` the digests of all of the submission's, by topic."""

    submission: str
    key: str
    grade: bytes
    calls: Collection[str] = ()
    sources: Mapping[str, str] | None = None


def put(connection: Connection, space: int, batch: Sequence[NewResult]) -> None:
    """Writes results, each in the place of the last one of its submission."""
    now = time.time()
    rows = {
        one.submission: {
            "space": space,
            "sort": one.submission.casefold(),
            "submission": one.submission,
            "key": one.key,
            "grade": shrunk(one.grade),
            "made": now,
        }
        for one in batch
    }
    _upsert(connection, results, [rows[name] for name in sorted(rows)])
    newest = {one.submission: one for one in batch}
    _put_uses(connection, space, newest)
    with_sources = {n: one.sources for n, one in newest.items() if one.sources is not None}
    write_sources(connection, space, with_sources)
    drop_sources(connection, space, with_sources)


def _put_uses(connection: Connection, space: int, new: Mapping[str, NewResult]) -> None:
    """What results were judged from. Only what changes is written: mostly nothing does."""
    mine = and_(uses.c.space == space, uses.c.submission.in_(list(new)))
    asked = select(uses.c.submission, uses.c.digest).where(mine)
    known = {(row.submission, row.digest) for row in connection.execute(asked)}
    wanted = {(name, digest) for name, one in new.items() for digest in one.calls}
    for name in sorted({name for name, _ in known - wanted}):
        gone = [digest for of, digest in known - wanted if of == name]
        own = and_(uses.c.space == space, uses.c.submission == name)
        connection.execute(delete(uses).where(own, uses.c.digest.in_(gone)))
    if more := sorted(wanted - known):
        rows = [{"space": space, "submission": name, "digest": digest} for name, digest in more]
        connection.execute(insert_into(connection, uses), rows)


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        new = insert_into(connection, table)
        keys = [column.name for column in table.primary_key]
        changed = {name: new.excluded[name] for name in rows[0] if name not in keys}
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def one_result(
    connection: Connection, space: int, submission: str, key: str = ""
) -> StoredResult | None:
    """The submission's result; with a ``key`` only one of that key, and no other's bytes are
    fetched."""
    asked = select(results.c.key, results.c.grade).where(
        results.c.space == space,
        results.c.sort == submission.casefold(),
        results.c.submission == submission,
    )
    found = connection.execute(asked.where(results.c.key == key) if key else asked).first()
    return StoredResult(found.key, grown(found.grade)) if found else None


def page(
    connection: Connection, space: int, after: tuple[str, str] | None, whole: bool
) -> Sequence[Any]:
    """Some results that follow the one named, in the order of names casefolded, then of names:
    sort, name and key, and the grade if ``whole``. Empty at the end."""
    columns = [results.c.sort, results.c.submission, results.c.key]
    asked = select(*columns, results.c.grade) if whole else select(*columns)
    asked = asked.where(results.c.space == space).order_by(results.c.sort, results.c.submission)
    if after is not None:
        names = tuple_(results.c.sort, results.c.submission)
        asked = asked.where(names > tuple_(*after, types=[results.c.sort.type] * 2))
    return connection.execute(asked.limit(_PAGE if whole else _NAMES)).all()


def drop(connection: Connection, space: int, names: Iterable[str]) -> None:
    """Removes the results of these submissions. Points given by hand stay: they may come back."""
    for batch in batches(names):
        for table in (results, uses, sources):
            mine = and_(table.c.space == space, table.c.submission.in_(batch))
            connection.execute(delete(table).where(mine))


def put_override(connection: Connection, space: int, given: Override) -> None:
    """Writes it, in the place of the last one for the same. Raises ``ValueError`` when the points
    are no number."""
    if not math.isfinite(given.points):
        raise ValueError(f"{given.points} is no number of points")
    _upsert(connection, overrides, [asdict(given) | {"space": space}])


def all_overrides(connection: Connection, space: int) -> dict[str, tuple[Override, ...]]:
    """By submission, in the order of names."""
    columns = [overrides.c[name] for name in Override.__dataclass_fields__]
    asked = select(*columns).where(overrides.c.space == space)
    found = sorted((Override(*row) for row in connection.execute(asked)), key=_order)
    return {name: tuple(several) for name, several in groupby(found, lambda one: one.submission)}


def _order(given: Override) -> tuple[str, ...]:
    name = given.submission
    return (name.casefold(), name, given.topic, given.function, given.check)


def remove_override(
    connection: Connection, space: int, submission: str, topic: str, function: str, check: str
) -> bool:
    """Whether there was one."""
    gone = delete(overrides).where(
        overrides.c.space == space,
        overrides.c.submission == submission,
        overrides.c.topic == topic,
        overrides.c.function == function,
        overrides.c.check == check,
    )
    return connection.execute(gone).rowcount > 0
