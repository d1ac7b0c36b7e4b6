"""The registry in memory, in SQLite and in a real PostgreSQL."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.adapters.sql_outbox import SqlRegistryOutbox
from services.checkin.adapters.sql_registry import SqlRegistry
from tests.conformance.checkin.memory_registry import MemoryRegistry

KEY = Fernet.generate_key().decode()
TABLES = ("rosters", "outbox", "relay", "equipment", "members", "units", "posts", "sites", "stations", "version")
HAZARD_TABLES = ("hazards", "hazard_photos")
ACCOUNT_TABLES = ("refresh_tokens", "sessions", "accounts", "login_tries", "first_links")


class Both:
    """A registry and its outbox, wherever they are."""

    def __init__(self, registry: Any, outbox: Any) -> None:
        self.registry = registry
        self.outbox = outbox


async def empty_database(request: pytest.FixtureRequest, directory: Path) -> str:
    """The URL of a database of the kind that the fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{directory}/registry.db"
    url: str = request.getfixturevalue("postgres_url")
    engine = create_engine(url)
    async with engine.begin() as connection:
        for name in TABLES:
            await connection.execute(text(f"DROP TABLE IF EXISTS registry_{name}"))
        for name in (*ACCOUNT_TABLES, *HAZARD_TABLES):
            await connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    await engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    return await empty_database(request, tmp_path)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Both]:
    if request.param == "memory":
        memory = MemoryRegistry()
        yield Both(memory, memory)
        return
    engine = create_engine(await empty_database(request, tmp_path))
    await migrate(engine)
    yield Both(SqlRegistry(engine, Seal(KEY)), SqlRegistryOutbox(engine, Seal(KEY)))
    await engine.dispose()
