"""Brings a database to the newest tables, once, whoever comes first.

In: an engine. Out: the tables; or a ``StoreError`` when a newer grader made them, or others did.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, column, inspect, select, table

from grader.store.errors import StoreError
from grader.store.tables import HEAD, KNOWN, VERSION_TABLE, metadata

FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = Lock()  # Alembic's own state is the process's


def migrate(connection: Connection) -> None:
    """Inside a transaction that no other grader can be in at the same time. Raises
    ``StoreError``."""
    found = _revision(connection)
    if found == HEAD:
        return
    if found and found not in KNOWN:
        raise StoreError(
            f"a newer grader made this store (its revision is {found}, this grader knows {HEAD}). "
            "Use that grader, or name another store with --store."
        )
    if not found:
        _refuse_others(connection)
    upgrade(connection)


def upgrade(connection: Connection, to: str = "head") -> None:
    """Runs the migrations up to a revision."""
    from alembic import command  # a second to import, and there is hardly ever anything to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, to)


def _revision(connection: Connection) -> str:
    """The revision of the tables that are there; ``""`` when there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    version = table(VERSION_TABLE, column("version_num"))
    return str(connection.execute(select(version.c.version_num)).scalar() or "")


def _refuse_others(connection: Connection) -> None:
    """A database of some other program is not written to."""
    there = set(inspect(connection).get_table_names())
    others = there if connection.dialect.name == "sqlite" else there & set(metadata.tables)
    if others - {VERSION_TABLE}:
        raise StoreError(
            f"this database is another program's: it has the table {min(others)!r}. Name a path "
            "where nothing is, or an empty database, with --store."
        )
