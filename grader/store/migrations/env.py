"""What Alembic runs the migrations in. In: a connection inside its transaction, which
``store.migrate`` hands over. Out: the migrations, done on it."""

from __future__ import annotations

from alembic import context

from grader.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
