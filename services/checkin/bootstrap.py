"""Where check-in is put together."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiokafka.errors import KafkaError
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.checkin.adapters.bounded_bodies import BoundedBodies
from services.checkin.adapters.duty_ledger import DECIDING, SOURCE
from services.checkin.adapters.http_check_ins import check_in_routes
from services.checkin.adapters.http_positions import position_routes
from services.checkin.adapters.http_post_codes import post_code_routes
from services.checkin.adapters.http_registry import FILE_MAX, registry_routes
from services.checkin.adapters.http_titles import TITLES, database_away
from services.checkin.adapters.http_units import unit_routes
from services.checkin.adapters.kafka_directory import DirectoryFeed
from services.checkin.adapters.kafka_positions import KafkaPositionLog
from services.checkin.adapters.kafka_registry import KafkaRegistryPublisher
from services.checkin.adapters.redis_duty_book import RedisDutyBook
from services.checkin.adapters.redis_pin_attempts import RedisPinAttempts
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.adapters.sql_outbox import SqlRegistryOutbox
from services.checkin.adapters.sql_registry import SqlRegistry
from services.checkin.application.check_in import CheckInDesk
from services.checkin.application.directory import Directory
from services.checkin.application.relay_registry import relay_registry
from services.checkin.domain.codes import PostCodes
from services.checkin.settings import CheckinSettings
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.commands import CommandGateway
from shared.platform.ledger import Ledger
from shared.platform.ledger_store import LedgerStore
from shared.platform.log_reader import LogReader
from shared.platform.producer import EventProducer
from shared.platform.recovery import Recovery
from shared.platform.telemetry import get_logger
from shared.platform.web.api import create_api, install_command_route
from shared.platform.web.health import Check
from shared.platform.worker import Worker
from shared.ports import Clock

RETRY_S = 1.0
LEDGER = "checkin"

_AWAY = (KafkaError, OperationalError, OSError)
_log = get_logger("checkin")


def build_api(settings: CheckinSettings, clock: Clock | None = None) -> FastAPI:
    """The API. Its own lifespan connects to everything, waiting for what is away."""
    parts = _ApiParts(settings, clock or SystemClock())
    app = create_api(
        "checkin",
        settings=settings,
        clock=parts.clock,
        redis=parts.redis,
        titles=TITLES,
        checks=parts.checks(),
        lifespan=parts.lifespan,
        body_max=FILE_MAX,
    )
    app.add_exception_handler(OperationalError, database_away)
    app.add_middleware(BoundedBodies, large_under="/checkin/v1/imports/")
    desk = CheckInDesk(parts.directory, parts.codes, RedisPinAttempts(parts.redis), settings.duty_lease_s)
    book = RedisDutyBook(parts.store)
    positions = KafkaPositionLog(parts.producer, parts.clock, parts.ids)
    registry = SqlRegistry(parts.engine, Seal(settings.personal_data_key.get_secret_value()))
    app.include_router(check_in_routes(desk, parts.gateway, parts.directory, parts.clock))
    app.include_router(post_code_routes(parts.directory, parts.codes, parts.clock))
    app.include_router(position_routes(parts.directory, positions, parts.clock))
    app.include_router(unit_routes(parts.directory, book))
    app.include_router(registry_routes(registry, parts.directory))
    install_command_route(app, "checkin", parts.gateway)
    return app


def build_worker(settings: CheckinSettings) -> Worker:
    """Decides duty, and publishes what changes in the registry."""
    worker = Worker("checkin", settings)
    store = LedgerStore(worker.redis, LEDGER)
    ledger = Ledger(
        DECIDING,
        store=store,
        producer=worker.producer,
        dead_letters=worker.dead_letters,
        recovery=Recovery(store, LogReader(settings.kafka_bootstrap), DECIDING.events),
    )
    worker.decide(ledger)
    engine = create_engine(settings.database_url)
    outbox = SqlRegistryOutbox(engine, Seal(settings.personal_data_key.get_secret_value()))
    publisher = KafkaRegistryPublisher(worker.producer, worker.clock)

    async def relay() -> None:
        await _until_it_passes("migrate the registry", lambda: migrate(engine))
        while True:
            try:
                while await relay_registry(outbox, publisher, worker.worker_id, worker.clock):
                    pass
            except _AWAY as error:
                _log.warning("registry-not-published", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(settings.relay_every_s)

    worker.background(relay)
    worker.on_stop(engine.dispose)
    return worker


class _ApiParts:
    """What the API holds open."""

    def __init__(self, settings: CheckinSettings, clock: Clock) -> None:
        self.clock = clock
        self.ids = SystemIds()
        self.redis: Redis = Redis.from_url(settings.redis_url)
        self.producer = EventProducer(settings.kafka_bootstrap)
        self.store = LedgerStore(self.redis, LEDGER)
        self.engine: AsyncEngine = create_engine(settings.database_url)
        self.directory = Directory()
        self.codes = PostCodes(settings.post_code_secret.get_secret_value().encode())
        self.feed = DirectoryFeed(settings.kafka_bootstrap, self.directory)
        self.gateway = CommandGateway(
            DECIDING.commands,
            source=SOURCE,
            producer=self.producer,
            redis=self.redis,
            store=self.store,
            clock=clock,
            ids=self.ids,
            answer_within_s=settings.answer_within_s,
        )
        self._connected = asyncio.Event()

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncGenerator[None]:
        tasks = [
            asyncio.create_task(self.feed.run()),
            asyncio.create_task(self._connect()),
            asyncio.create_task(_until_it_passes("migrate the registry", lambda: migrate(self.engine))),
        ]
        await self.gateway.start()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.gateway.stop()
            await self.producer.stop()
            await self.engine.dispose()
            await self.redis.aclose()

    def checks(self) -> dict[str, Check]:
        return {
            "kafka": self._check_kafka,
            "redis": self._check_redis,
            "database": self._check_database,
            "registry": self.feed.check,
            "answers": self.gateway.check,
        }

    async def _connect(self) -> None:
        await _until_it_passes("connect to Kafka", self.producer.start)
        self._connected.set()

    async def _check_kafka(self) -> str | None:
        return None if self._connected.is_set() else "no broker has answered yet"

    async def _check_redis(self) -> str | None:
        await self.redis.ping()
        return None

    async def _check_database(self) -> str | None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1 FROM registry_relay"))
        return None


async def _until_it_passes(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    said = False
    while True:
        try:
            await attempt()
            return
        except _AWAY as error:
            if not said:
                _log.warning("waiting", to=what, reason=f"{type(error).__name__}: {error}")
            said = True
        await asyncio.sleep(RETRY_S)
