"""Rosters."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CODE = sa.String(80)


def upgrade() -> None:
    """Shifts go with the member or the unit that they are of."""
    op.create_table(
        "registry_rosters",
        sa.Column("unit", CODE, sa.ForeignKey("registry_units.code", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "member", CODE, sa.ForeignKey("registry_members.code", ondelete="CASCADE"), primary_key=True, index=True
        ),
        sa.Column("weekday", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("begins", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("post", CODE),
    )
