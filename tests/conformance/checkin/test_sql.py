"""What only databases promise: secrecy at rest, migrations that every process may start."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.checkin.adapters import sql_account_tables, sql_hazard_tables
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.adapters.sql_registry import SqlRegistry
from services.checkin.adapters.sql_tables import metadata
from tests.conformance.checkin.city import EVERYTHING, LEADER, SUBSCRIBER
from tests.conformance.checkin.conftest import KEY


async def columns_of(engine: AsyncEngine) -> dict[str, set[tuple[str, bool]]]:
    async with engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: {
                table: {(c["name"], c["nullable"]) for c in inspect(sync).get_columns(table)}
                for table in inspect(sync).get_table_names()
                if table != "registry_version"
            }
        )


async def test_processes_that_start_together_migrate_once(url: str) -> None:
    engines = [create_engine(url) for _ in range(4)]
    await asyncio.gather(*(migrate(engine) for engine in engines))
    await SqlRegistry(engines[0], Seal(KEY)).save(EVERYTHING)
    await migrate(engines[1])
    assert await SqlRegistry(engines[2], Seal(KEY)).members_of("u-1")
    for engine in engines:
        await engine.dispose()


async def test_a_new_sqlite_file_that_another_process_writes_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "registry.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path}/registry.db")
    migration = asyncio.create_task(migrate(engine))
    done, _ = await asyncio.wait([migration], timeout=0.5)
    other.close()
    assert not done, migration.exception()
    await migration
    async with engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
    await engine.dispose()


async def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    engine = create_engine(url)
    await migrate(engine)
    found = await columns_of(engine)
    await engine.dispose()
    assert sql_account_tables.metadata is sql_hazard_tables.metadata is metadata
    declared = {t.name: {(c.name, bool(c.nullable)) for c in t.columns} for t in metadata.sorted_tables}
    assert found == declared


async def test_nothing_personal_lies_in_the_database_in_clear(url: str) -> None:
    engine = create_engine(url)
    await migrate(engine)
    await SqlRegistry(engine, Seal(KEY)).save([*EVERYTHING, SUBSCRIBER])
    async with engine.connect() as connection:
        stored = [
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for table in metadata.sorted_tables
            for row in await connection.execute(table.select())
            for value in row
        ]
    await engine.dispose()
    for secret in (LEADER.name, LEADER.phone, LEADER.id_number, SUBSCRIBER.webhook_url):
        assert not [value for value in stored if secret.encode() in value]


async def test_another_key_opens_nothing(url: str) -> None:
    engine = create_engine(url)
    await migrate(engine)
    await SqlRegistry(engine, Seal(KEY)).save(EVERYTHING)
    with pytest.raises(InvalidToken):
        await SqlRegistry(engine, Seal(Fernet.generate_key().decode())).members_of("u-1")
    await engine.dispose()


async def test_many_writers_at_once_wait_for_one_another(url: str) -> None:
    engines = [create_engine(url) for _ in range(3)]
    await migrate(engines[0])
    await SqlRegistry(engines[0], Seal(KEY)).save(EVERYTHING)
    await asyncio.gather(*(SqlRegistry(engines[n % 3], Seal(KEY)).save(EVERYTHING) for n in range(12)))
    for engine in engines:
        await engine.dispose()
