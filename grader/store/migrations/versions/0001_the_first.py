"""The first tables. In: an empty database. Out: ``store.tables`` as of grader 0.1.

It names types as the database knows them and never changes: what changes is a further revision.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("blobs", _key("hash"), _bytes("data"))
    op.create_table(
        "parts", _key("manifest", "blobs.hash"), _key("part", "blobs.hash"), sqlite_with_rowid=False
    )
    op.create_index("parts_part", "parts", ["part"])
    _observations()
    op.create_table(
        "spaces",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.LargeBinary, nullable=False, unique=True),
        _bytes("holder"),
    )
    _attempts()
    _of_submissions()


def _observations() -> None:
    op.create_table(
        "observations",
        _key("digest"),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("function", sa.Text, nullable=False),
        *map(_bytes, ("source", "call", "probes", "environment", "seed")),
        sa.Column("manifest", sa.LargeBinary, sa.ForeignKey("blobs.hash"), nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("wall", "cpu", "made")),
        sa.Column("used", sa.Integer, nullable=False),
    )
    op.create_index("observations_source", "observations", ["source"])
    op.create_index("observations_manifest", "observations", ["manifest"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("space", sa.Integer, sa.ForeignKey("spaces.id"), nullable=False),
        *map(_bytes, ("submission", "work", "calls", "place")),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("begun", sa.Double, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Column("end", sa.Text, nullable=False),
        _bytes("why"),
    )
    op.create_index("attempts_submission", "attempts", ["space", "submission"])


def _of_submissions() -> None:
    op.create_table(
        "results",
        *(_space(), _key("sort"), _key("submission")),
        *(_bytes("key"), _bytes("grade"), sa.Column("made", sa.Double, nullable=False)),
    )
    op.create_table("uses", _space(), _key("submission"), _key("digest"), sqlite_with_rowid=False)
    topic = sa.Column("topic", sa.Text, primary_key=True)
    op.create_table(
        "sources",
        *(_space(), _key("submission"), topic, _bytes("source")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "overrides",
        *(_space(), _key("submission")),
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("topic", "function")),
        *(_key("check"), sa.Column("points", sa.Double, nullable=False)),
        *map(_bytes, ("reason", "author", "made")),
    )


def _key(name: str, of: str = "") -> sa.Column[Any]:
    foreign = [sa.ForeignKey(of)] if of else []
    return sa.Column(name, sa.LargeBinary, *foreign, primary_key=True)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _space() -> sa.Column[Any]:
    return sa.Column("space", sa.Integer, sa.ForeignKey("spaces.id"), primary_key=True)
