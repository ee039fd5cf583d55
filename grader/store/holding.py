"""One grader at a time writes to a space.

In: a database and the name of a space. Out: the space, held until it is let go or this process
ends, however it ends: the system's lock on a file beside SQLite's, or a lock of the session on a
PostgreSQL server.
"""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import DBAPIError

from grader.store.engines import Database, insert_into
from grader.store.errors import StoreError
from grader.store.migrate import migrate
from grader.store.tables import spaces

GOING = 1.0  # seconds that a grader that was just killed may take to be gone
_POLL = 0.05
_MIGRATE, _PRUNE, _SPACE = "migrate", "prune", "space"


def lock_file(database: Database, space: str) -> Callable[[], None]:
    """Takes the system's lock on a file beside SQLite's, which is never removed; what lets it go.
    On a server there is none. Raises ``StoreError`` when another grader has it."""
    if database.file is None:
        return _nothing
    digest = hashlib.sha256(space.encode("utf-8", "surrogatepass")).hexdigest()
    own = f"-{digest[:12]}" if space else ""
    beside = database.file.with_name(f"{database.file.name}{own}.lock")
    lock = FileLock(beside, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=GOING, poll_interval=_POLL)
    except Timeout:
        raise _taken(database, space) from None
    except OSError as error:
        raise StoreError(f"{beside} cannot be locked: {error.strerror}") from None
    return lock.release


def hold(database: Database, connection: Connection, space: str) -> int:
    """Brings the tables up to date and takes the space, whose number it gives. ``connection``
    writes, and holds what it takes on a server. Raises ``StoreError`` when another has it."""
    with connection.begin():
        _server_lock(connection, func.pg_advisory_xact_lock, _MIGRATE)
        migrate(connection)
        number = _number(connection, space)
    with connection.begin():
        if not _soon(connection, space):
            raise _taken(database, space)
        mine = update(spaces).where(spaces.c.id == number).values(holder=_myself())
        connection.execute(mine)
    return number


def keep_from_pruning(connection: Connection) -> None:
    """For the rest of this transaction, what it finds in the database stays there. In SQLite there
    is one writer at a time anyway."""
    _server_lock(connection, func.pg_advisory_xact_lock_shared, _PRUNE)


def wait_for_writers(connection: Connection) -> None:
    """For the rest of this transaction nobody else relies on what it removes."""
    _server_lock(connection, func.pg_advisory_xact_lock, _PRUNE)


def _soon(connection: Connection, space: str) -> bool:
    """Whether the server gives us the space: its own end of a connection outlives the client."""
    until = time.monotonic() + GOING
    while not _server_lock(connection, func.pg_try_advisory_lock, _SPACE, space):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL)
    return True


def _nothing() -> None:
    """What is held on a server is let go with the connection."""


def _server_lock(connection: Connection, take: Callable[..., Any], *what: str) -> bool:
    """A lock on a PostgreSQL server, in this schema. In SQLite it is not needed."""
    if connection.dialect.name != "postgresql":
        return True
    words = hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest()
    name = func.concat(func.current_schema(), ":grader:", words)
    return connection.execute(select(take(func.hashtextextended(name, 0)))).scalar() is not False


def _number(connection: Connection, space: str) -> int:
    new = insert_into(connection, spaces).values(name=space, holder="")
    connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))
    found = select(spaces.c.id).where(spaces.c.name == space)
    return int(connection.execute(found).scalar_one())


def _myself() -> str:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"process {os.getpid()} on {socket.gethostname()}, since {since}"


def _taken(database: Database, space: str) -> StoreError:
    who = _holder(database, space)
    return StoreError(
        f"another grader{f' ({who})' if who else ''} is writing to {space or database.label}. "
        "Wait until it is done, or stop it."
    )


def _holder(database: Database, space: str) -> str:
    """Who wrote itself down as the space's holder; ``""`` when it has not come to that yet."""
    try:
        with database.engine.connect() as connection:
            found = select(spaces.c.holder).where(spaces.c.name == space)
            return connection.execute(found).scalar() or ""
    except DBAPIError:
        return ""
