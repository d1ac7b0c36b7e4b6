"""The tables of hazards and their photos. What people wrote and sent is sealed."""

from sqlalchemy import Column, Index, LargeBinary, String, Table

from services.checkin.adapters.sql_tables import CODE, BigInteger, metadata

hazards = Table(
    "hazards",
    metadata,
    Column("hazard_id", CODE, primary_key=True),
    Column("sequence", BigInteger, nullable=False),  # of the last event that is in it
    Column("status", String(10), nullable=False),
    Column("unit", CODE, nullable=False),
    Column("path", String(60), nullable=False),
    Column("reported_at_ms", BigInteger, nullable=False),
    Column("state_sealed", LargeBinary, nullable=False),
    Index("ix_hazards_reported_at_ms_hazard_id", "reported_at_ms", "hazard_id"),
)

hazard_photos = Table(
    "hazard_photos",
    metadata,
    Column("photo_id", CODE, primary_key=True),
    Column("content_type", String(20), nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("kept_by", CODE, nullable=False),
    Column("kept_at_ms", BigInteger, nullable=False),
    Index("ix_hazard_photos_kept_by_kept_at_ms", "kept_by", "kept_at_ms"),
)
