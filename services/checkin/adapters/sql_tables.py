"""The registry's tables. Columns named `…_sealed` hold personal data, encrypted."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)
from sqlalchemy import BigInteger as _BigInteger

CODE = String(80)
NAME = String(200)
BigInteger = _BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts by itself there

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

stations = Table(
    "registry_stations",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("level", String(10), nullable=False),
    Column("parent", CODE, ForeignKey("registry_stations.code")),
    Column("path", String(60), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
)

sites = Table(
    "registry_sites",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("site_class", String(1), nullable=False),
    Column("station", CODE, ForeignKey("registry_stations.code"), nullable=False, index=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("geofence_radius_m", Float, nullable=False),
    Column("address", String(400), nullable=False),
)

posts = Table(
    "registry_posts",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("site", CODE, ForeignKey("registry_sites.code"), nullable=False, index=True),
    Column("place", Integer, nullable=False),  # in the site's list of posts
    Column("name", NAME, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("fixed_code_allowed", Boolean, nullable=False),
)

units = Table(
    "registry_units",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("site", CODE, ForeignKey("registry_sites.code"), nullable=False, index=True),
    Column("quorum", Integer),
    Column("capabilities", JSON, nullable=False),
    Column("suspended", Boolean, nullable=False),
)

members = Table(
    "registry_members",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("phone_sealed", LargeBinary, nullable=False),
    Column("id_number_sealed", LargeBinary, nullable=False),
    Column("unit", CODE, ForeignKey("registry_units.code"), index=True),
    Column("station", CODE, ForeignKey("registry_stations.code"), index=True),
    Column("role", String(20), nullable=False),
    Column("language", String(5), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("channels", JSON, nullable=False),  # in the order in which they are tried; [] is the default
    Column("webhook_url_sealed", LargeBinary, nullable=False),
    CheckConstraint("(unit IS NULL) <> (station IS NULL)", name="of_unit_or_station"),
)

equipment = Table(
    "registry_equipment",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("unit", CODE, ForeignKey("registry_units.code"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("count", Integer, nullable=False),
    Column("inspected_on", Date),
    Column("expires_on", Date),
)

rosters = Table(
    "registry_rosters",
    metadata,
    Column("unit", CODE, ForeignKey("registry_units.code", ondelete="CASCADE"), primary_key=True),
    Column("member", CODE, ForeignKey("registry_members.code", ondelete="CASCADE"), primary_key=True, index=True),
    Column("weekday", Integer, primary_key=True, autoincrement=False),
    Column("begins", Integer, primary_key=True, autoincrement=False),  # minutes since midnight, as `ends`
    Column("ends", Integer, nullable=False),
    Column("post", CODE),
)

outbox = Table(
    "registry_outbox",
    metadata,
    Column("note", BigInteger, primary_key=True, autoincrement=True),
    Column("kind", String(10), nullable=False),
    Column("id", CODE, nullable=False),
    Index("ix_registry_outbox_kind_note", "kind", "note"),
    sqlite_autoincrement=True,  # a note's number is never used again
)

relay = Table(
    "registry_relay",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(80), nullable=False),
    Column("held_until_ms", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)
