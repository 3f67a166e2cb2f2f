"""Runs migrations on the connection that ``extractor.store.upgrading`` hands over."""

from __future__ import annotations

from alembic import context

from extractor.store.tables import metadata


def run() -> None:
    """Bring the database of the connection to the version asked for, in one transaction."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


if not context.is_offline_mode():
    run()
