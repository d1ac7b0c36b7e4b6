"""Hazards and their photos."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE = sa.String(80)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables that nothing refers to."""
    op.create_table(
        "hazards",
        sa.Column("hazard_id", CODE, primary_key=True),
        sa.Column("sequence", LONG, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("unit", CODE, nullable=False),
        sa.Column("path", sa.String(60), nullable=False),
        sa.Column("reported_at_ms", LONG, nullable=False),
        sa.Column("state_sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_hazards_reported_at_ms_hazard_id", "hazards", ["reported_at_ms", "hazard_id"])
    op.create_table(
        "hazard_photos",
        sa.Column("photo_id", CODE, primary_key=True),
        sa.Column("content_type", sa.String(20), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary, nullable=False),
        sa.Column("kept_by", CODE, nullable=False),
        sa.Column("kept_at_ms", LONG, nullable=False),
    )
    op.create_index("ix_hazard_photos_kept_by_kept_at_ms", "hazard_photos", ["kept_by", "kept_at_ms"])
