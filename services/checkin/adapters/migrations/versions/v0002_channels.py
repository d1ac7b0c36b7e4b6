"""Members' channels, and the address of one of them.

Who is there already keeps the default channels, so that nothing needs to be published again. Both columns have a
default in the database: processes of the release before may still be writing when the first of this one starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns of members."""
    op.add_column("registry_members", sa.Column("channels", sa.JSON, nullable=False, server_default="[]"))
    # To SQLite '' would be text, to PostgreSQL X'' a string of bits.
    no_bytes = sa.text("X''" if op.get_context().dialect.name == "sqlite" else "''")
    op.add_column(
        "registry_members", sa.Column("webhook_url_sealed", sa.LargeBinary, nullable=False, server_default=no_bytes)
    )
