"""Alembic's environment: how the store's tables came to be, version by version."""
