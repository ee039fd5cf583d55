"""What nobody needs any more goes; what that takes and leaves.

In: a connection in a transaction that writes. Out: bytes.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, delete, exists, func, or_, select, text

from grader.store.engines import Database
from grader.store.errors import StoreError
from grader.store.observations import today
from grader.store.tables import blobs, metadata, observations, parts, uses

_SQLITE_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"


def prune(connection: Connection, keep_days: float) -> int:
    """Removes observations that no result was judged from and that were neither made nor recalled
    for so many days, and what they alone named. The bytes of what was named."""
    used = exists().where(uses.c.digest == observations.c.digest)
    old = observations.c.used < today() - keep_days
    connection.execute(delete(observations).where(old, ~used))
    needed = exists().where(observations.c.manifest == parts.c.manifest)
    connection.execute(delete(parts).where(~needed))
    named = or_(
        exists().where(observations.c.manifest == blobs.c.hash),
        exists().where(parts.c.part == blobs.c.hash),
    )
    size = select(func.coalesce(func.sum(func.length(blobs.c.data)), 0)).where(~named)
    freed = int(connection.execute(size).scalar_one())
    connection.execute(delete(blobs).where(~named))
    return freed


def shrink(database: Database) -> None:
    """Gives what is free in SQLite's file back to the disk. A server does that by itself."""
    if database.file is None:
        return
    with database.told(), database.engine.connect() as connection:
        raw = connection.connection.driver_connection  # it must not be in a transaction
        assert isinstance(raw, sqlite3.Connection)
        try:
            # ``execute`` would give back one page: it stops at a statement's first step.
            raw.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StoreError(f"{database.label} cannot be made smaller: {error}") from error


def size(connection: Connection) -> int:
    """Bytes that the tables take, with their indexes."""
    if connection.dialect.name == "sqlite":
        return int(connection.execute(text(_SQLITE_SIZE)).scalar_one())
    taken = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
    return sum(
        int(connection.execute(taken, {"name": name}).scalar_one()) for name in metadata.tables
    )
