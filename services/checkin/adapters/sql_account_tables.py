"""The tables of accounts, sessions and tries. Of secrets that somebody else holds only hashes are kept."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from services.checkin.adapters.sql_tables import CODE, BigInteger, metadata

HASH = String(64)  # SHA-256, hex

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", CODE, primary_key=True),
    Column("login", CODE, nullable=False, unique=True),  # in small letters
    Column("name_sealed", LargeBinary, nullable=False),
    Column("role", String(30)),
    Column("path", String(60), index=True),
    Column("station", CODE),
    Column("unit", CODE),
    Column("password_hash", String(200), nullable=False),
    Column("one_time_until_ms", BigInteger),
    Column("code_secret_sealed", LargeBinary, nullable=False),
    Column("code_confirmed", Boolean, nullable=False),
    Column("code_step", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", CODE, primary_key=True),
    Column("account", CODE, ForeignKey("accounts.account_id"), nullable=False, index=True),
    Column("until_ms", BigInteger, nullable=False),
    Column("ended", Boolean, nullable=False),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("hash", HASH, primary_key=True),
    Column("session", CODE, ForeignKey("sessions.session_id"), nullable=False, index=True),
    Column("used_at_ms", BigInteger),
)

login_tries = Table(
    "login_tries",
    metadata,
    Column("login", HASH, primary_key=True),  # the hash of what was typed: it may be a password in the wrong field
    Column("count", Integer, nullable=False),
    Column("last_at_ms", BigInteger, nullable=False, index=True),
)

first_links = Table(
    "first_links",
    metadata,
    Column("hash", HASH, primary_key=True),
    Column("until_ms", BigInteger, nullable=False),
)
