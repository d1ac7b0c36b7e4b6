"""The registry's database: SQLite by default, PostgreSQL by URL; brought to the newest schema at start."""

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.platform.waiting import until_it_passes

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x6D6575_01  # any number that is ours


def create_engine(url: str) -> AsyncEngine:
    """`sqlite+aiosqlite:///path` or `postgresql[+psycopg]://…`. Connects when first used."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_async_engine(url, pool_pre_ping=url.startswith("postgresql"))
    if url.startswith("sqlite"):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def writing(engine: AsyncEngine) -> AsyncEngine:
    """The same engine for transactions that write.

    In SQLite they take the lock at once: one that read first and then wants to write would fail when another wrote
    in between, instead of waiting.
    """
    return engine.execution_options(writes=True)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    for pragma in ("busy_timeout = 30000", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def migrate(engine: AsyncEngine) -> None:
    """Bring the schema to its newest version. Processes that start together wait for one another."""
    if engine.dialect.name == "sqlite":
        await until_it_passes("write ahead", lambda: _write_ahead(engine), (sqlite3.OperationalError,))
    async with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        await connection.run_sync(_upgrade)


async def _write_ahead(engine: AsyncEngine) -> None:
    # The mode stays with the file. The change goes from a read to a write lock, for which SQLite never waits:
    # with another process at the file it fails at once, whatever busy_timeout says. Not within a transaction.
    async with engine.connect() as connection:
        aiosqlite = (await connection.get_raw_connection()).driver_connection
        assert aiosqlite is not None
        await aiosqlite.execute_fetchall("PRAGMA journal_mode = WAL")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
