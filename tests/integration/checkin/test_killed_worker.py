"""The worker is killed in the middle of publishing the registry and of a check-in: nothing is lost, nothing doubled."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from services.checkin.adapters.duty_ledger import DECIDING
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import create_engine
from services.checkin.adapters.sql_registry import SqlRegistry
from services.checkin.domain.registry import UnitEntry
from services.checkin.settings import CheckinSettings
from tests.integration.checkin.conftest import OPERATOR, City, eventually, files_of, import_text, running
from tests.integration.checkin.test_check_in import events_of

ROOT = Path(__file__).parents[3]
KEY = "killed"


class WorkerProcess:
    """A worker as it is started in earnest."""

    def __init__(self, settings: CheckinSettings, log: Path) -> None:
        values = settings.model_dump()
        secrets = {
            name: getattr(settings, name).get_secret_value()
            for name in ("personal_data_key", "post_code_secret", "token_private_key")
        }
        self._environment = {name.upper(): str(value) for name, value in {**values, **secrets}.items()}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, **self._environment, "PYTHONPATH": str(ROOT)}
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "services.checkin.entrypoints.worker"]
            self._process = subprocess.Popen(command, env=environment, stderr=log, cwd=ROOT)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


@pytest.fixture
async def http(checkin_settings: CheckinSettings) -> AsyncGenerator[httpx.AsyncClient]:
    async with running(checkin_settings) as http:
        yield http


async def decided(city: City, answer: httpx.Response) -> None:
    """Whether at once or, on a slow machine, later: the check-in was accepted."""
    if answer.status_code == 201:
        return
    assert answer.status_code == 202, answer.text

    async def accepted() -> bool:
        later = await city.get(OPERATOR, answer.headers["location"].removeprefix("/checkin/v1"))
        return later.status_code == 200 and later.json()["status"] == "accepted"

    await eventually(accepted, 60)


@pytest.mark.timeout(300)
async def test_a_killed_worker_changes_no_outcome(
    http: httpx.AsyncClient, checkin_settings: CheckinSettings, tmp_path: Path
) -> None:
    settings = checkin_settings
    city, worker = City(http, settings, KEY), WorkerProcess(settings, tmp_path / "worker.log")
    for kind, text in files_of(KEY).items():
        assert (await import_text(city, kind, text)).status_code == 200
    engine = create_engine(settings.database_url)
    registry = SqlRegistry(engine, Seal(settings.personal_data_key.get_secret_value()))
    unit = UnitEntry(f"u-{KEY}", "单元", f"s-{KEY}", 2, (), suspended=False)
    many = [replace(unit, code=f"u-{KEY}-{number:04}") for number in range(2000)]
    await registry.save(many)

    async def list_units() -> int:
        listed, url = 0, "/units?limit=1000"
        while True:
            answer = await city.get(OPERATOR, url)
            listed += sum(item["unit_id"].startswith(f"u-{KEY}-") for item in answer.json()["items"])
            if "next" not in answer.links:
                return listed
            url = answer.links["next"]["url"].split("/checkin/v1", 1)[1]

    worker.start()
    try:
        await eventually(list_units, 90)
        worker.kill()
        assert await list_units() < len(many), "killed too late to show anything"
        worker.start()

        async def all_there() -> bool:
            return await list_units() == len(many)

        await eventually(all_there, 90)
        worker.kill()
        waiting = asyncio.create_task(city.check_in(0))
        await asyncio.sleep(0)
        worker.start()
        await decided(city, await waiting)
    finally:
        worker.kill()
        await engine.dispose()
    events = await events_of(city, DECIDING.events, f"u-{KEY}")
    assert [envelope.sequence for envelope, _ in events] == list(range(1, len(events) + 1))
    assert [envelope.type for envelope, _ in events].count("meu.checkin.member-checked-in.v1") == 1
