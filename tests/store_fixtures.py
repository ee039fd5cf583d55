"""Where the store's tests keep things: a file of SQLite's, and a schema of a PostgreSQL server that
is started once for the run. Without its programs those tests are skipped, with the reason."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import postgresql_server
import pytest
from sqlalchemy import NullPool, create_engine, text


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    folder = postgresql_server.programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgresql_server.server(folder) as url:
        yield url


@pytest.fixture
def schema(server: str) -> Iterator[str]:
    """The URL of a schema of its own, with nothing in it."""
    name = f"s{secrets.token_hex(6)}"
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    yield f"{server}&options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A path or URL at which there is no store yet."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("schema")
        return url
    return str(tmp_path / "store.db")
