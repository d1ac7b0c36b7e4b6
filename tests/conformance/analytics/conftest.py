"""The histories that must all behave alike."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import clickhouse_connect
import pytest

from services.analytics.adapters.clickhouse_history import ClickHouseHistory
from services.analytics.adapters.database import Database
from services.analytics.application.ports import History
from tests.conformance.analytics.plain_history import PlainHistory

ROOT = Path(__file__).parents[3]
ZONE = ZoneInfo("Asia/Shanghai")
SERVER = os.environ.get("CLICKHOUSE_URL", "")
NO_SERVER = pytest.mark.skipif(not SERVER.startswith("http"), reason="CLICKHOUSE_URL names no server")

_names = (f"test_{os.getpid()}_{number}" for number in count())


@pytest.fixture(params=["plain", "embedded", "http", pytest.param("server", marks=NO_SERVER)])
async def history(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[History]:
    """An empty history of each kind."""
    match request.param:
        case "plain":
            made: History = PlainHistory(ZONE)
        case "embedded":
            made = ClickHouseHistory(Database(f"chdb://{tmp_path / 'history'}"), ZONE)
        case kind:
            made = ClickHouseHistory(Database(request.getfixturevalue(f"{kind}_url")), ZONE)
    await made.prepare()
    yield made
    await made.close()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Generator[History]:
    """One history for all examples of a property: each is about a unit or a city of its own."""
    history = ClickHouseHistory(Database(f"chdb://{tmp_path_factory.mktemp('agrees') / 'history'}"), ZONE)
    asyncio.run(history.prepare())
    yield history
    asyncio.run(history.close())


@pytest.fixture
def server_url() -> Generator[str]:
    """A new database on the server that CLICKHOUSE_URL names."""
    yield from _new_database(SERVER)


@pytest.fixture
def http_url(http_clickhouse: str) -> Generator[str]:
    """A new database of the engine behind HTTP."""
    yield from _new_database(http_clickhouse)


@pytest.fixture(scope="session")
def http_clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The URL of the embedded engine behind HTTP."""
    command = [sys.executable, "-m", "tests.conformance.analytics.http_clickhouse"]
    folder = str(tmp_path_factory.mktemp("http") / "engine")
    with subprocess.Popen([*command, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/default"
        process.terminate()


def _new_database(url: str) -> Generator[str]:
    name = next(_names)
    with clickhouse_connect.get_client(dsn=url) as client:
        client.command(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        client.command(f"DROP DATABASE {name}")
