"""The registry's schema, version by version (Alembic)."""
