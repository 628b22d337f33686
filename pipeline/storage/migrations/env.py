"""Run the migrations on the connection that `pipeline.storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

from pipeline.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
