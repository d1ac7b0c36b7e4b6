"""Analytics with a history in memory: one incident in each of two stations, and a unit in one of them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI

from services.analytics.application.ports import History
from services.analytics.bootstrap import build_api
from services.analytics.settings import AnalyticsSettings
from shared.contracts import duty, incident, registry
from shared.contracts.audit import ActionRecorded
from tests.builders.callers import CITY, OTHER_STATION, OTHER_STATION_ID, STATION, STATION_ID
from tests.builders.nothing import NOWHERE
from tests.builders.world import World, nothing_changed
from tests.conformance.analytics.happenings import Writer, after, keep
from tests.conformance.analytics.plain_history import PlainHistory
from tests.fakes.audit import MemoryAudit
from tests.fakes.keys import PUBLIC_KEY


class StoppedClock:
    """Two days after everything happened."""

    def now(self) -> datetime:
        return after(48 * 3600)


def analytics_on_fakes(history: History, audit: MemoryAudit) -> FastAPI:
    return build_api(
        AnalyticsSettings(
            kafka_bootstrap="127.0.0.1:9",
            redis_url=NOWHERE,
            token_public_key=PUBLIC_KEY,
            clickhouse_url="http://127.0.0.1:9/meu",
        ),
        history=history,
        clock=StoppedClock(),
        audit=audit,
    )


@asynccontextmanager
async def analytics_that_read(
    writer: Writer, history: PlainHistory, audit: MemoryAudit
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of analytics, whose history has what was written. What breaks is answered with 500, as by a server."""
    await keep(history, writer.written)
    app = analytics_on_fakes(history, audit)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        yield client


@asynccontextmanager
async def analytics_world() -> AsyncGenerator[World]:
    """The figures of 2026-03-02 are not empty."""
    history = PlainHistory(ZoneInfo("Asia/Shanghai"))
    await keep(history, _a_day().written)
    app = analytics_on_fakes(history, MemoryAudit())
    own = {"station": STATION_ID, "unit_id": "unit-own", "seen_id": "unit-seen"}
    absent = {"station": "440106999", "unit_id": "unit-absent", "seen_id": "unit-unseen"}
    yield World(app, own, absent, put_back=nothing_changed)


def _a_day() -> Writer:
    writer = Writer()
    for station_id, path in ((STATION_ID, STATION), (OTHER_STATION_ID, OTHER_STATION)):
        writer.write(registry.Station, after(-9e6), station_id=station_id, name=station_id, path=path)
        writer.write(
            incident.IncidentReported, after(60), incident_id=f"i-{station_id}", station_id=station_id, path=path
        )
    placed = {"unit_id": "unit-own", "station_id": STATION_ID, "path": STATION}
    writer.write(registry.Unit, after(-9e6), **placed)
    writer.write(duty.MemberCheckedIn, after(60), **placed)
    writer.write(duty.UnitDutyChanged, after(60), **placed)
    writer.write(ActionRecorded, after(120), actor_id="operator-1", path=CITY, about="unit-seen")
    return writer
