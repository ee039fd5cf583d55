"""Connections to a database: SQLite's set up so that what is committed stays, or PostgreSQL's.

In: a path or URL. Out: a ``Database``. What a driver raises becomes a ``StoreError``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Insert, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from grader.store.errors import StoreError
from grader.store.places import refuse_network

BUSY = 60  # seconds to wait for another process that writes; each does so for a moment only
CONNECT = 10  # seconds to wait for a server
WRITES = "grader_writes"  # the option of a connection whose transactions write
# ``auto_vacuum`` is for new files alone, and must come first.
_PRAGMAS = ("auto_vacuum=INCREMENTAL", "synchronous=FULL", "foreign_keys=ON")
_SESSION = (
    "synchronous_commit TO on",
    "tcp_keepalives_idle TO 60",
    "tcp_keepalives_interval TO 15",
    "tcp_keepalives_count TO 4",
)
_DAMAGED = ("malformed", "not a database")


@dataclass(frozen=True, slots=True)
class Database:
    """``label`` names it in messages, without its password; ``file`` is SQLite's, else ``None``."""

    engine: Engine
    label: str
    file: Path | None

    def write(self) -> Connection:
        """A connection whose transactions write. It is for one thread at a time."""
        return self.engine.connect().execution_options(**{WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a transaction that only reads."""
        with self.told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def told(self) -> Iterator[None]:
        """What SQLAlchemy and the driver raise inside, in words."""
        try:
            yield
        except SQLAlchemyError as error:
            raise self.fault(error) from error

    def fault(self, error: SQLAlchemyError) -> Exception:
        """The error to raise instead: a ``StoreError``, or a ``ValueError`` for an argument that
        no column takes."""
        cause = getattr(error, "orig", None) or error
        why = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
        if isinstance(cause, ValueError) and not isinstance(error, DBAPIError):
            return ValueError(why)
        if any(word in why for word in _DAMAGED):
            return StoreError(
                f"{self.label} is damaged, or no store at all ({why}). Put a copy in its place, "
                "or move it away: the grader then begins with an empty one."
            )
        return StoreError(f"{self.label}: {why}")


def open_database(where: str | Path) -> Database:
    """The database at a path, or at a URL of SQLite or PostgreSQL. Nothing is asked of it yet.
    Raises ``StoreError``."""
    if isinstance(where, Path) or "://" not in where:
        return _sqlite(Path(where))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):  # a port that is no number is the latter
        raise StoreError(f"{where.partition('://')[0]}://… is not a URL of a database.") from None
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        return _sqlite(Path(url.database or ""))
    if backend in ("postgresql", "postgres"):
        return _postgresql(url.set(drivername="postgresql+psycopg"))
    raise StoreError(
        f"a store is in SQLite (a path) or in PostgreSQL (postgresql://…), not in {backend!r}."
    )


def insert_into(connection: Connection, table: Table) -> Any:
    """``INSERT`` that knows ``ON CONFLICT``, which both have alike but for its class."""
    kinds: dict[str, type[Insert]] = {"sqlite": sqlite.Insert, "postgresql": postgresql.Insert}
    return kinds[connection.dialect.name](table)


def _sqlite(file: Path) -> Database:
    if file.name in ("", ":memory:") or file.is_dir():
        raise StoreError(f"{str(file)!r} names no file: a store is kept in one.")
    file = file.absolute()
    refuse_network(file)
    _make(file)
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file)), connect_args={"timeout": BUSY}
    )
    database = Database(engine, str(file), file)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return database


def _make(file: Path) -> None:
    """Makes the file, for its owner alone: students' answers and grades are in it. SQLite gives
    its log the same rights."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"{file} cannot be written to: {error.strerror}") from None


def _set_up(connection: Any, _record: object) -> None:
    """Leaves beginning to ``_begin``, as SQLAlchemy advises for Python before 3.12."""
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    ((mode,),) = connection.execute("PRAGMA journal_mode=WAL").fetchall()
    if mode != "wal":
        raise StoreError("SQLite's write-ahead log does not work on this file system.")


def _begin(connection: Connection) -> None:
    """A writer takes the lock when it begins: one that read first could not wait for it."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Database:
    label = url.set(drivername="postgresql").render_as_string(hide_password=True)
    try:
        engine = create_engine(
            url,
            connect_args={
                "connect_timeout": CONNECT,
                "application_name": "grader",
                **url.query,
            },
        )
    except ImportError:
        raise StoreError(
            "PostgreSQL needs a driver that is not installed: pip install 'grader[postgres]'"
        ) from None
    event.listen(engine, "connect", _set_up_session)
    return Database(engine, label, None)


def _set_up_session(connection: Any, _record: object) -> None:
    """What is committed is on the server's disk, whatever its settings say. A client whose machine
    is gone is noticed within two minutes, and what it held is free."""
    with connection.cursor() as cursor:
        for setting in _SESSION:
            cursor.execute(f"SET {setting}")
    connection.commit()
