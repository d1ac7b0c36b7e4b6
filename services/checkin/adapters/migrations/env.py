"""Alembic runs this; the connection, with its transaction, is the caller's."""

from alembic import context

from services.checkin.adapters.sql_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="registry_version",
    transactional_ddl=True,
)
context.run_migrations()
