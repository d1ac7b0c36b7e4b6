"""The registry and its outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CODE, NAME = sa.String(80), sa.String(200)
COUNTING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Parents before children."""
    _places()
    _people()
    _outbox()


def _places() -> None:
    op.create_table(
        "registry_stations",
        sa.Column("code", CODE, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("parent", CODE, sa.ForeignKey("registry_stations.code")),
        sa.Column("path", sa.String(60), nullable=False),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
    )
    op.create_table(
        "registry_sites",
        sa.Column("code", CODE, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("site_class", sa.String(1), nullable=False),
        sa.Column("station", CODE, sa.ForeignKey("registry_stations.code"), nullable=False, index=True),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("geofence_radius_m", sa.Float, nullable=False),
        sa.Column("address", sa.String(400), nullable=False),
    )
    op.create_table(
        "registry_posts",
        sa.Column("code", CODE, primary_key=True),
        sa.Column("site", CODE, sa.ForeignKey("registry_sites.code"), nullable=False, index=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("fixed_code_allowed", sa.Boolean, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "registry_units",
        sa.Column("code", CODE, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("site", CODE, sa.ForeignKey("registry_sites.code"), nullable=False, index=True),
        sa.Column("quorum", sa.Integer),
        sa.Column("capabilities", sa.JSON, nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "registry_members",
        sa.Column("code", CODE, primary_key=True),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary, nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary, nullable=False),
        sa.Column("unit", CODE, sa.ForeignKey("registry_units.code"), index=True),
        sa.Column("station", CODE, sa.ForeignKey("registry_stations.code"), index=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.CheckConstraint("(unit IS NULL) <> (station IS NULL)", name="of_unit_or_station"),
    )
    op.create_table(
        "registry_equipment",
        sa.Column("code", CODE, primary_key=True),
        sa.Column("unit", CODE, sa.ForeignKey("registry_units.code"), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("inspected_on", sa.Date),
        sa.Column("expires_on", sa.Date),
    )


def _outbox() -> None:
    op.create_table(
        "registry_outbox",
        sa.Column("note", COUNTING, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("id", CODE, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_registry_outbox_kind_note", "registry_outbox", ["kind", "note"])
    relay = op.create_table(
        "registry_relay",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("held_until_ms", COUNTING, nullable=False),
        sa.Column("sequence", COUNTING, nullable=False),
    )
    op.bulk_insert(relay, [{"only": 1, "holder": "", "held_until_ms": 0, "sequence": 0}])
