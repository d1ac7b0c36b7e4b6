"""Analytics' API as a process of its own, with the embedded engine, on the real broker."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.ports import free_port
from shared.platform.producer import EventProducer
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.fakes.keys import PUBLIC_KEY, bearer
from tests.integration.analytics.city import City

ROOT = Path(__file__).parents[3]
_cities = count(700_000 + os.getpid() % 1000 * 100)


class AnalyticsProcess:
    """`python -m services.analytics.entrypoints.api`, to be started, killed and started again."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{environment['HTTP_PORT']}", timeout=30)

    def start(self) -> None:
        command = [sys.executable, "-m", "services.analytics.entrypoints.api"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=dict(self._environment), stderr=log)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Returns the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(30)

    async def close(self) -> None:
        await self.client.aclose()
        if self._process is not None and self._process.poll() is None:
            self.stop()  # it leaves its consumer group, so that the next test's need not wait for it

    async def ready(self, within_s: float = 60) -> None:
        """Return when it says so."""
        async with asyncio.timeout(within_s):
            while (await self.answer("/readyz")).status_code != 200:
                await asyncio.sleep(0.1)

    async def answer(self, path: str) -> httpx.Response:
        """The answer to a GET, once it answers at all."""
        while True:
            try:
                return await self.client.get(path)
            except httpx.TransportError:
                await asyncio.sleep(0.1)

    async def figures(self, city: City, **query: str) -> dict[str, Any]:
        """The one row of the city's day."""
        day = date(2026, 3, 2).isoformat()
        params = {"from": day, "to": "2026-03-03", **query}
        reader = Principal("operator", Role.OPERATOR, city.path)
        answer = await self.client.get("/analytics/v1/figures", params=params, headers=bearer(reader))
        assert answer.status_code == 200, answer.text
        return answer.json()["rows"][0]["figures"]

    async def until(self, city: City, incidents: int, within_s: float = 30) -> dict[str, Any]:
        """The city's figures once so many incidents are counted; no more may come in the meantime."""
        async with asyncio.timeout(within_s):
            while True:
                figures = await self.figures(city)
                if sum(figures["incidents"].values()) >= incidents:
                    return figures
                await asyncio.sleep(0.1)


@pytest.fixture
def history_folder(tmp_path: Path) -> Path:
    return tmp_path / "history"


@pytest.fixture
def environment(topics_applied: str, redis_url: str, history_folder: Path) -> dict[str, str]:
    """What the process is told."""
    return {
        **os.environ,
        "KAFKA_BOOTSTRAP": topics_applied,
        "REDIS_URL": redis_url,
        "TOKEN_PUBLIC_KEY": PUBLIC_KEY,
        "CLICKHOUSE_URL": f"chdb://{history_folder}",
        "HTTP_PORT": str(free_port(None)),
    }


@pytest.fixture
async def analytics(environment: dict[str, str], tmp_path: Path) -> AsyncGenerator[AnalyticsProcess]:
    """Started; not yet ready."""
    process = AnalyticsProcess(environment, tmp_path / "analytics.log")
    process.start()
    yield process
    await process.close()


@pytest.fixture
async def city(topics_applied: str) -> AsyncGenerator[City]:
    """A city of its own: the log is shared by all tests."""
    producer = EventProducer(topics_applied)
    await producer.start()
    yield City(f"/{next(_cities)}", producer)
    await producer.stop()
