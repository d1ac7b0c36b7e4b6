"""Accounts, sessions, tries and the links of the first start."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CODE, HASH = sa.String(80), sa.String(64)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Accounts before their sessions."""
    op.create_table(
        "accounts",
        sa.Column("account_id", CODE, primary_key=True),
        sa.Column("login", CODE, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.String(30)),
        sa.Column("path", sa.String(60), index=True),
        sa.Column("station", CODE),
        sa.Column("unit", CODE),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("one_time_until_ms", LONG),
        sa.Column("code_secret_sealed", sa.LargeBinary, nullable=False),
        sa.Column("code_confirmed", sa.Boolean, nullable=False),
        sa.Column("code_step", LONG, nullable=False),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
    )
    op.create_table(
        "sessions",
        sa.Column("session_id", CODE, primary_key=True),
        sa.Column("account", CODE, sa.ForeignKey("accounts.account_id"), nullable=False, index=True),
        sa.Column("until_ms", LONG, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("session", CODE, sa.ForeignKey("sessions.session_id"), nullable=False, index=True),
        sa.Column("used_at_ms", LONG),
    )
    op.create_table(
        "login_tries",
        sa.Column("login", HASH, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at_ms", LONG, nullable=False, index=True),
    )
    op.create_table(
        "first_links",
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("until_ms", LONG, nullable=False),
    )
