"""Where analytics is put together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from redis.asyncio import Redis

from services.analytics.adapters.beside_api import BesideApi, EmbeddedIngest, ServedHistory
from services.analytics.adapters.clickhouse_history import ClickHouseHistory
from services.analytics.adapters.database import Database
from services.analytics.adapters.http_audit import audit_router
from services.analytics.adapters.http_routes import figures_router
from services.analytics.adapters.http_titles import TITLES, history_away
from services.analytics.adapters.http_unit_history import unit_history_router
from services.analytics.adapters.kafka_records import KafkaLog, handler
from services.analytics.application.ingest import INGESTED, Ingest
from services.analytics.application.ports import History, HistoryUnavailable
from services.analytics.application.report_figures import ReportFigures
from services.analytics.application.unit_history import ReadUnitHistory
from services.analytics.settings import AnalyticsSettings, is_embedded
from shared.platform.audit import KafkaAuditLog
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.producer import EventProducer
from shared.platform.telemetry import get_logger
from shared.platform.waiting import until_it_passes
from shared.platform.web.api import create_api
from shared.platform.worker import Worker
from shared.ports import AuditLog, Clock

_log = get_logger("analytics")

GATHER_S = 1.0
"""An insert costs a ClickHouse the same for one row as for a thousand; figures may be a second old."""


def build_worker(settings: AnalyticsSettings) -> Worker:
    """The ingest as a process of its own. ValueError with the embedded engine: there the api's process ingests."""
    if is_embedded(settings.clickhouse_url):
        raise ValueError("CLICKHOUSE_URL names the embedded engine: the api's process ingests, there is no worker")
    worker, _ = _ingest(settings, _history(settings))
    return worker


def build_api(
    settings: AnalyticsSettings,
    *,
    history: History | None = None,
    clock: Clock | None = None,
    audit: AuditLog | None = None,
) -> FastAPI:
    """The api; with the embedded engine it ingests as well. A given `history` is fed by somebody else."""
    clock = clock or SystemClock()
    kept = history or _history(settings)
    if history is None and is_embedded(settings.clickhouse_url):
        silent = settings.model_copy(update={"worker_http_port": 0})  # the api itself answers for its health
        return _api(settings, kept, EmbeddedIngest(lambda: _ingest(silent, kept)), clock, audit)
    return _api(settings, kept, ServedHistory(kept), clock, audit)


def _history(settings: AnalyticsSettings) -> History:
    return ClickHouseHistory(Database(settings.clickhouse_url), ZoneInfo(settings.time_zone))


def _ingest(settings: AnalyticsSettings, history: History) -> tuple[Worker, Ingest]:
    worker = Worker("analytics", settings)
    ingest = Ingest(history, KafkaLog(worker.log_reader()))

    async def catch_up() -> None:
        await until_it_passes("prepare the history", history.prepare)
        _log.info("caught-up", records=await until_it_passes("catch up with the log", ingest.catch_up))

    worker.background(catch_up)
    worker.on_stop(history.close)
    for topic in INGESTED:
        worker.react("ingest", topic, handler(ingest, topic, worker.dead_letters), gather_s=GATHER_S)
    return worker, ingest


def _api(
    settings: AnalyticsSettings, history: History, beside: BesideApi, clock: Clock, audit: AuditLog | None
) -> FastAPI:
    redis: Redis = Redis.from_url(settings.redis_url)
    zone = ZoneInfo(settings.time_zone)
    producer = EventProducer(settings.kafka_bootstrap)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        connecting = asyncio.create_task(until_it_passes("connect to Kafka", producer.start))
        try:
            async with beside.running():
                yield
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await producer.stop()
            await redis.aclose()

    app = create_api(
        "analytics",
        settings=settings,
        clock=clock,
        redis=redis,
        titles=TITLES,
        checks=beside.checks(),
        lifespan=lifespan,
        audit=audit or KafkaAuditLog(producer, clock, SystemIds()),
    )
    app.add_exception_handler(HistoryUnavailable, history_away)
    app.include_router(figures_router(ReportFigures(history, zone), zone, clock))
    app.include_router(unit_history_router(ReadUnitHistory(history), zone, clock))
    app.include_router(audit_router(history, zone))
    return app
