"""The histories that must all behave alike."""

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import clickhouse_connect
import pytest

from services.analytics.adapters.clickhouse_history import ClickHouseHistory
from services.analytics.adapters.database import Database
from services.analytics.application.ports import History
from tests.conformance.analytics.plain_history import PlainHistory

ZONE = ZoneInfo("Asia/Shanghai")
SERVER = os.environ.get("CLICKHOUSE_URL", "")


@pytest.fixture(params=["plain", "embedded", "server"])
async def history(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[History]:
    """An empty history of each kind."""
    match request.param:
        case "plain":
            made: History = PlainHistory(ZONE)
        case "embedded":
            made = ClickHouseHistory(Database(f"chdb://{tmp_path / 'history'}"), ZONE)
        case _:
            made = ClickHouseHistory(Database(request.getfixturevalue("server_url")), ZONE)
    await made.prepare()
    yield made
    await made.close()


@pytest.fixture
def server_url() -> Generator[str]:
    """A new database on the server that CLICKHOUSE_URL names."""
    if not SERVER.startswith("http"):
        pytest.skip("CLICKHOUSE_URL names no server")
    name = f"test_{os.getpid()}"
    with clickhouse_connect.get_client(dsn=SERVER) as client:
        client.command(f"CREATE OR REPLACE DATABASE {name}")
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
        client.command(f"DROP DATABASE {name}")
