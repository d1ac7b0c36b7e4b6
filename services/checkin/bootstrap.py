"""Where check-in is put together."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError

from services.checkin.adapters.bounded_bodies import BoundedBodies
from services.checkin.adapters.duty_ledger import DECIDING
from services.checkin.adapters.hazard_ledger import HAZARD_DECIDING, HAZARD_LEDGER
from services.checkin.adapters.http_accounts import account_routes
from services.checkin.adapters.http_check_ins import check_in_routes
from services.checkin.adapters.http_duty_board import duty_board_routes
from services.checkin.adapters.http_hazards import HAZARD_BODY_MAX, hazard_routes
from services.checkin.adapters.http_names import name_routes
from services.checkin.adapters.http_positions import position_routes
from services.checkin.adapters.http_post_codes import post_code_routes
from services.checkin.adapters.http_provider_login import provider_routes
from services.checkin.adapters.http_registry import FILE_MAX, registry_routes
from services.checkin.adapters.http_sessions import session_routes
from services.checkin.adapters.http_titles import TITLES, database_away, not_storable
from services.checkin.adapters.http_units import unit_routes
from services.checkin.adapters.kafka_directory import DirectoryFeed
from services.checkin.adapters.kafka_hazards import hazard_handler
from services.checkin.adapters.kafka_positions import KafkaPositionLog
from services.checkin.adapters.kafka_registry import KafkaRegistryPublisher
from services.checkin.adapters.login_secrets import Argon2Passwords, SignedTokens, SystemSecrets, Totp
from services.checkin.adapters.oidc_provider import OidcProvider
from services.checkin.adapters.outbox_watch import watch_outbox
from services.checkin.adapters.redis_duty_book import RedisDutyBook
from services.checkin.adapters.redis_pin_attempts import RedisPinAttempts
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_accounts import SqlAccounts
from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.adapters.sql_hazards import SqlHazardPhotos, SqlHazards
from services.checkin.adapters.sql_outbox import SqlRegistryOutbox
from services.checkin.adapters.sql_registry import SqlRegistry
from services.checkin.adapters.sql_sessions import SqlLoginTries, SqlSessions
from services.checkin.adapters.sql_tables import relay as relay_row
from services.checkin.application.account_ports import Accounts, FirstStart, LoginTries, Passwords, Sessions
from services.checkin.application.administer_accounts import FIRST_LINK_GOOD_FOR, AccountsDesk
from services.checkin.application.check_in import CheckInDesk
from services.checkin.application.directory import Directory
from services.checkin.application.hazards import HazardBook, HazardPhotos
from services.checkin.application.identity_provider import IdentityProvider
from services.checkin.application.log_in import LoginDesk
from services.checkin.application.log_in_by_provider import ProviderDesk
from services.checkin.application.ports import DutyBook, PinAttempts, PositionLog, Registry
from services.checkin.application.relay_registry import relay_registry
from services.checkin.application.sessions import SessionDesk
from services.checkin.domain.codes import PostCodes
from services.checkin.settings import CheckinSettings
from shared.contracts.topics import HAZARDS, MEMBERS, SITES, STATIONS, UNITS
from shared.platform.audit import KafkaAuditLog
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.commands import CommandGateway
from shared.platform.ledger import Ledger
from shared.platform.ledger_store import LedgerStore
from shared.platform.producer import EventProducer
from shared.platform.recovery import Recovery
from shared.platform.rules import Deciding
from shared.platform.telemetry import get_logger
from shared.platform.waiting import AWAY, until_it_passes
from shared.platform.web.api import Lifespan, OfAny, create_api, install_command_route
from shared.platform.web.health import Check
from shared.platform.worker import Worker
from shared.ports import AuditLog, Clock

LEDGER = "checkin"

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

_log = get_logger("checkin")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the API is made of; tests hand fakes over."""

    directory: Directory
    book: DutyBook
    attempts: PinAttempts
    registry: Registry
    accounts: Accounts
    first_start: FirstStart
    tries: LoginTries
    sessions: Sessions
    passwords: Passwords
    provider: IdentityProvider | None
    audit: AuditLog
    positions: PositionLog
    gateway: CommandGateway
    hazards: HazardBook
    hazard_photos: HazardPhotos
    hazard_gateway: CommandGateway
    redis: Redis
    clock: Clock
    checks: Mapping[str, Check]
    lifespan: Lifespan


def build_api(settings: CheckinSettings, clock: Clock | None = None) -> FastAPI:
    """The API. Its own lifespan connects to everything, waiting for what is away."""
    return assemble_api(settings, _Connected(settings, clock or SystemClock()).parts())


def assemble_api(settings: CheckinSettings, parts: Parts) -> FastAPI:
    """The API of these parts."""
    app = create_api(
        "checkin",
        settings=settings,
        clock=parts.clock,
        redis=parts.redis,
        titles=TITLES,
        checks=parts.checks,
        lifespan=parts.lifespan,
        audit=parts.audit,
        body_max=FILE_MAX,
    )
    app.add_exception_handler(OperationalError, database_away)
    app.add_exception_handler(DataError, not_storable)
    app.add_middleware(BoundedBodies, larger={"/checkin/v1/imports/": FILE_MAX, "/checkin/v1/hazards": HAZARD_BODY_MAX})
    zone = ZoneInfo(settings.time_zone)
    codes = PostCodes(settings.post_code_secret.get_secret_value().encode())
    desk = CheckInDesk(parts.directory, codes, parts.attempts, settings.duty_lease_s)
    app.include_router(check_in_routes(desk, parts.gateway, parts.directory, parts.clock))
    app.include_router(post_code_routes(parts.directory, codes, parts.clock, settings.public_url))
    app.include_router(position_routes(parts.directory, parts.positions, parts.clock))
    app.include_router(unit_routes(parts.directory, parts.book))
    app.include_router(duty_board_routes(parts.directory, parts.book, parts.registry, parts.clock, zone))
    app.include_router(registry_routes(parts.registry, parts.directory))
    app.include_router(name_routes(parts.registry, parts.accounts))
    app.include_router(
        hazard_routes(parts.directory, parts.hazards, parts.hazard_photos, parts.hazard_gateway, parts.clock)
    )
    _install_accounts(app, settings, parts)
    install_command_route(app, "checkin", OfAny((parts.gateway, parts.hazard_gateway)))
    return app


def _install_accounts(app: FastAPI, settings: CheckinSettings, parts: Parts) -> None:
    ids, secrets = SystemIds(), SystemSecrets()
    sessions = SessionDesk(
        accounts=parts.accounts,
        sessions=parts.sessions,
        secrets=secrets,
        tokens=SignedTokens(settings.token_private_key.get_secret_value(), parts.clock),
        ids=ids,
        audit=parts.audit,
    )
    login = LoginDesk(
        accounts=parts.accounts,
        tries=parts.tries,
        passwords=parts.passwords,
        codes=Totp(),
        secrets=secrets,
        sessions=sessions,
        audit=parts.audit,
        second_factor=settings.second_factor_roles,
    )
    city = None
    if parts.provider is not None:
        city = ProviderDesk(
            provider=parts.provider, accounts=parts.accounts, secrets=secrets, sessions=sessions, audit=parts.audit
        )
    app.include_router(session_routes(login, sessions, parts.clock, settings.time_zone))
    app.include_router(provider_routes(city, _seal(settings), parts.clock, settings.public_url))
    app.include_router(account_routes(_accounts_desk(parts), parts.accounts, parts.clock))


def _accounts_desk(parts: Parts) -> AccountsDesk:
    return AccountsDesk(
        accounts=parts.accounts,
        sessions=parts.sessions,
        first_start=parts.first_start,
        passwords=parts.passwords,
        secrets=SystemSecrets(),
        audit=parts.audit,
    )


async def first_link(settings: CheckinSettings) -> str | None:
    """Where a new city's first administrators are made: a path with a one-time token, good for a day.

    None once there are accounts. The database is brought to the newest schema first.
    """
    engine = create_engine(settings.database_url)
    try:
        await migrate(engine)
        accounts = SqlAccounts(engine, _seal(settings))
        return await _offer_first_link(accounts, SystemClock())
    finally:
        await engine.dispose()


async def _offer_first_link(accounts: SqlAccounts, clock: Clock) -> str | None:
    if await accounts.are_there_any():
        return None
    token = SystemSecrets().token()
    await accounts.offer(token, clock.now() + FIRST_LINK_GOOD_FOR)
    return f"/console/first#{token}"


def build_worker(settings: CheckinSettings) -> Worker:
    """Decides duty and hazards, keeps the list of hazards, and publishes what changes in the registry."""
    worker = Worker("checkin", settings)
    worker.decide(_ledger(worker, DECIDING, LEDGER))
    worker.decide(_ledger(worker, HAZARD_DECIDING, HAZARD_LEDGER))
    engine = create_engine(settings.database_url)
    outbox = SqlRegistryOutbox(engine, _seal(settings))
    publisher = KafkaRegistryPublisher(worker.producer, worker.clock)

    migrated = asyncio.Event()
    hazards = hazard_handler(SqlHazards(engine, _seal(settings)), worker.dead_letters, migrated)
    worker.react("hazards", HAZARDS, hazards)

    async def relay() -> None:
        await until_it_passes("migrate the registry", lambda: migrate(engine), (OperationalError,))
        migrated.set()
        while True:
            try:
                while await relay_registry(outbox, publisher, worker.worker_id, worker.clock):
                    pass
            except (*AWAY, OperationalError) as error:
                _log.warning("registry-not-published", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(settings.relay_every_s)

    worker.publishes(STATIONS, SITES, UNITS, MEMBERS)
    worker.background(relay)
    worker.background(lambda: watch_outbox(outbox))
    worker.on_stop(engine.dispose)
    return worker


def _ledger(worker: Worker, deciding: Deciding[S, C, E], name: str) -> Ledger[S, C, E]:
    """`name`: under which it keeps live state in Redis."""
    store = LedgerStore(worker.redis, name)
    return Ledger(
        deciding,
        store=store,
        producer=worker.producer,
        dead_letters=worker.dead_letters,
        recovery=Recovery(store, worker.log_reader(), deciding.events),
    )


class _Connected:
    """The real parts, and the connections behind them."""

    def __init__(self, settings: CheckinSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._redis: Redis = Redis.from_url(settings.redis_url)
        self._producer = EventProducer(settings.kafka_bootstrap)
        self._store = LedgerStore(self._redis, LEDGER)
        self._engine = create_engine(settings.database_url)
        self._accounts = SqlAccounts(self._engine, _seal(settings))
        self._provider = _city_provider(settings, clock)
        self._directory = Directory()
        self._feed = DirectoryFeed(settings.kafka_bootstrap, self._directory)
        self._gateway = self._to(DECIDING, self._store)
        self._hazard_gateway = self._to(HAZARD_DECIDING, LedgerStore(self._redis, HAZARD_LEDGER))
        self._broker_answered = asyncio.Event()

    def _to(self, deciding: Deciding[Any, Any, Any], store: LedgerStore) -> CommandGateway:
        return CommandGateway(
            deciding.commands,
            source=deciding.source,
            producer=self._producer,
            redis=self._redis,
            store=store,
            clock=self._clock,
            ids=SystemIds(),
            answer_within_s=self._settings.answer_within_s,
        )

    def parts(self) -> Parts:
        return Parts(
            directory=self._directory,
            book=RedisDutyBook(self._store),
            attempts=RedisPinAttempts(self._redis),
            registry=SqlRegistry(self._engine, _seal(self._settings)),
            accounts=self._accounts,
            first_start=self._accounts,
            tries=SqlLoginTries(self._engine),
            sessions=SqlSessions(self._engine),
            passwords=Argon2Passwords(),
            provider=self._provider,
            audit=KafkaAuditLog(self._producer, self._clock, SystemIds()),
            positions=KafkaPositionLog(self._producer, self._clock, SystemIds()),
            gateway=self._gateway,
            hazards=SqlHazards(self._engine, _seal(self._settings)),
            hazard_photos=SqlHazardPhotos(self._engine, _seal(self._settings)),
            hazard_gateway=self._hazard_gateway,
            redis=self._redis,
            clock=self._clock,
            checks={
                "kafka": self._check_kafka,
                "redis": self._check_redis,
                "database": self._check_database,
                "registry": self._feed.check,
                "answers": self._check_answers,
            },
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncGenerator[None]:
        tasks = [
            asyncio.create_task(self._feed.run()),
            asyncio.create_task(self._connect()),
            asyncio.create_task(self._prepare_database()),
        ]
        await self._gateway.start()
        await self._hazard_gateway.start()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._gateway.stop()
            await self._hazard_gateway.stop()
            await self._producer.stop()
            await self._engine.dispose()
            await self._redis.aclose()
            if self._provider is not None:
                await self._provider.close()

    async def _prepare_database(self) -> None:
        await until_it_passes("migrate the registry", lambda: migrate(self._engine), (OperationalError,))
        link = await _offer_first_link(self._accounts, self._clock)
        if link is not None:
            _log.warning("no-accounts-yet", first_administrators=link, good_for_h=24)

    async def _connect(self) -> None:
        await until_it_passes("connect to Kafka", self._producer.start)
        self._broker_answered.set()

    async def _check_answers(self) -> str | None:
        return await self._gateway.check() or await self._hazard_gateway.check()

    async def _check_kafka(self) -> str | None:
        return None if self._broker_answered.is_set() else "no broker has answered yet"

    async def _check_redis(self) -> str | None:
        await self._redis.ping()
        return None

    async def _check_database(self) -> str | None:
        async with self._engine.connect() as connection:
            await connection.execute(select(relay_row.c.only))
        return None


def _seal(settings: CheckinSettings) -> Seal:
    return Seal(settings.personal_data_key.get_secret_value())


def _city_provider(settings: CheckinSettings, clock: Clock) -> OidcProvider | None:
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return OidcProvider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_login_claim, clock)
