"""The tables. In: nothing. Out: their metadata, as the newest migration leaves them.

Whatever comes from students or from file names is in columns of bytes: PostgreSQL's text takes
neither NUL nor surrogates, and bytes have one order everywhere, that of Python's strings.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

# The newest revision of ``migrations`` (a test holds it), and all that lead there.
HEAD = "0001"
KNOWN = frozenset({"0001"})
VERSION_TABLE = "grader_store"  # other programs' migrations may use the same database


class Words(TypeDecorator[str]):
    """Any text at all, as UTF-8."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).decode("utf-8", "surrogatepass")


class Digest(TypeDecorator[str]):
    """A digest in hex, as half as many bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        try:
            return None if value is None else bytes.fromhex(value)
        except ValueError:
            raise ValueError(f"{value!r} is no digest in hex") from None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).hex()


_NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up in Integer alone
metadata = MetaData()

blobs = Table(
    "blobs",
    metadata,
    Column("hash", Digest, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Which blobs a manifest names: what must not be removed while it is there.
parts = Table(
    "parts",
    metadata,
    Column("manifest", Digest, ForeignKey("blobs.hash"), primary_key=True),
    Column("part", Digest, ForeignKey("blobs.hash"), primary_key=True),
    Index("parts_part", "part"),
    sqlite_with_rowid=False,
)

# ``used`` is the day (since 1970) on which it was last made or recalled; ``made`` is in seconds.
observations = Table(
    "observations",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("function", Text, nullable=False),
    Column("source", Digest, nullable=False),
    Column("call", Digest, nullable=False),
    Column("probes", Digest, nullable=False),
    Column("environment", Digest, nullable=False),
    Column("seed", Digest, nullable=False),
    Column("manifest", Digest, ForeignKey("blobs.hash"), nullable=False),
    Column("wall", Double, nullable=False),
    Column("cpu", Double, nullable=False),
    Column("made", Double, nullable=False),
    Column("used", Integer, nullable=False),
    Index("observations_source", "source"),
    Index("observations_manifest", "manifest"),
)

# One class in the database. ``holder`` is who writes to it, or did last.
spaces = Table(
    "spaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("holder", Words, nullable=False),
)


def _space() -> Column[int]:
    return Column("space", Integer, ForeignKey("spaces.id"), nullable=False, primary_key=True)


# ``work`` is the digest of all that the attempt was to run; ``end`` is '' while it goes on.
attempts = Table(
    "attempts",
    metadata,
    Column("number", _NUMBER, primary_key=True),
    Column("space", Integer, ForeignKey("spaces.id"), nullable=False),
    Column("submission", Words, nullable=False),
    Column("work", Digest, nullable=False),
    Column("calls", Words, nullable=False),
    Column("place", Words, nullable=False),
    Column("alone", Boolean, nullable=False),
    Column("begun", Double, nullable=False),
    Column("ended", Double),
    Column("end", Text, nullable=False),
    Column("why", Words, nullable=False),
    Index("attempts_submission", "space", "submission"),
)

# ``sort`` is the name casefolded: results come in that order.
results = Table(
    "results",
    metadata,
    _space(),
    Column("sort", Words, primary_key=True),
    Column("submission", Words, primary_key=True),
    Column("key", Words, nullable=False),
    Column("grade", LargeBinary, nullable=False),
    Column("made", Double, nullable=False),
)

# Which observations a result was judged from.
uses = Table(
    "uses",
    metadata,
    _space(),
    Column("submission", Words, primary_key=True),
    Column("digest", Digest, primary_key=True),
    sqlite_with_rowid=False,
)

# The newest source of each topic that a submission was run or judged with.
sources = Table(
    "sources",
    metadata,
    _space(),
    Column("submission", Words, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("source", Digest, nullable=False),
    sqlite_with_rowid=False,
)

overrides = Table(
    "overrides",
    metadata,
    _space(),
    Column("submission", Words, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("function", Text, primary_key=True),
    Column("check", Words, primary_key=True),
    Column("points", Double, nullable=False),
    Column("reason", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("made", Words, nullable=False),
)
