"""The one place where dispatch is put together."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from prometheus_client import Counter
from redis.asyncio import Redis

from services.dispatch.adapters.claims_kept import ClaimsKept
from services.dispatch.adapters.http_actions import ending_routes, order_routes
from services.dispatch.adapters.http_incidents import incident_routes
from services.dispatch.adapters.http_map import map_routes
from services.dispatch.adapters.http_parts import SERVICE, TITLES, Parts
from services.dispatch.adapters.http_stream import stream_routes
from services.dispatch.adapters.http_units import unit_routes
from services.dispatch.adapters.incident_ledger import DECIDING
from services.dispatch.adapters.incident_projection import IncidentProjection
from services.dispatch.adapters.incident_tail import IncidentTail
from services.dispatch.adapters.kafka_commands import KafkaCommands
from services.dispatch.adapters.live_incidents import LedgerIncidents
from services.dispatch.adapters.live_map import LiveMap
from services.dispatch.adapters.map_beginning import MapBeginning
from services.dispatch.adapters.match_requests import MatchRequests
from services.dispatch.adapters.observed_units import ObservedChoices, ObservedFixes
from services.dispatch.adapters.redis_incident_views import RedisIncidentViews
from services.dispatch.adapters.redis_stations import RedisStations
from services.dispatch.adapters.redis_unit_directory import RedisUnitDirectory
from services.dispatch.adapters.redis_unit_orders import RedisUnitOrders
from services.dispatch.adapters.redis_units import RedisUnits
from services.dispatch.adapters.straight_line import StraightLineTimes
from services.dispatch.adapters.yaml_playbooks import SHIPPED, PlaybookInvalid, YamlPlaybooks
from services.dispatch.application.double_orders import DoubleOrderResolver
from services.dispatch.application.foresight import Foresight
from services.dispatch.application.match import Matcher
from services.dispatch.application.report_incident import IncidentDesk
from services.dispatch.application.unit_map import UnitMap
from services.dispatch.settings import DispatchSettings
from shared.contracts.topics import DISPATCH_COMMANDS, DUTY, INCIDENTS, POSITIONS, STATIONS, UNITS, Topic
from shared.platform.audit import KafkaAuditLog
from shared.platform.caught_up import CaughtUp, Decided, Folded
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.commands import CommandGateway
from shared.platform.ledger import Ledger
from shared.platform.ledger_store import LedgerStore
from shared.platform.producer import EventProducer
from shared.platform.projection import Projection, Projector, done_key
from shared.platform.recovery import Recovery
from shared.platform.settings import EX_CONFIG
from shared.platform.waiting import until_it_passes
from shared.platform.web.api import create_api, install_command_route
from shared.platform.web.health import Check
from shared.platform.worker import Worker
from shared.ports import Clock, Ids

FOLDED = f"{SERVICE}:folded"
LONGEST_DUTY = timedelta(days=3)
"""A lease given longer ago than this has run out."""
UNKNOWING_S = 30.0  # then it is better to send whom one knows of; a unit ordered twice is found and replaced
MEND_EVERY_S = 1.0
DOUBLE_ORDERS = Counter("meu_dispatch_double_orders", "Orders withdrawn since their unit had another one.", ["drill"])


def build_worker(settings: DispatchSettings) -> Worker:
    """Decides incidents, keeps the unit directory and the views, matches, and mends double orders."""
    worker = Worker(SERVICE, settings)
    store = LedgerStore(worker.redis, SERVICE)
    recovery = Recovery(store, worker.log_reader(), DECIDING.events)
    worker.decide(
        Ledger(DECIDING, store=store, producer=worker.producer, dead_letters=worker.dead_letters, recovery=recovery)
    )
    _project(worker, settings)
    _match(worker, settings, store)
    return worker


def _project(worker: Worker, settings: DispatchSettings) -> None:
    units = RedisUnits(worker.redis)
    orders = RedisUnitOrders(worker.redis, clock=worker.clock, rest_s=settings.rest_after_s)

    incidents = IncidentProjection(
        worker.redis, (orders, RedisIncidentViews(worker.redis)), marker=done_key(FOLDED, INCIDENTS)
    )

    def project(topic: Topic, projection: Projection, look_back: timedelta | None = None) -> None:
        projector = Projector(
            FOLDED,
            topic,
            projection,
            redis=worker.redis,
            reader=worker.log_reader(),
            dead_letters=worker.dead_letters,
            clock=worker.clock,
            look_back=look_back,
        )
        worker.project(projector)

    project(INCIDENTS, incidents)
    project(STATIONS, RedisStations(worker.redis))
    project(UNITS, units)
    project(DUTY, units, LONGEST_DUTY)
    project(POSITIONS, ObservedFixes(units, worker.clock), timedelta(seconds=settings.position_max_age_s))


def _match(worker: Worker, settings: DispatchSettings, store: LedgerStore) -> None:
    directory = RedisUnitDirectory(worker.redis, position_max_age_s=settings.position_max_age_s)
    incidents = LedgerIncidents(store)
    commands = KafkaCommands(worker.producer, worker.clock)
    matcher = Matcher(
        directory=ObservedChoices(directory),
        travel_times=_travel_times(settings),
        incidents=incidents,
        commands=commands,
        clock=worker.clock,
    )
    folded, bootstrap = Folded(worker.redis, FOLDED), settings.kafka_bootstrap
    known = CaughtUp(bootstrap, folded, (INCIDENTS, UNITS, DUTY), give_up_after_s=UNKNOWING_S)
    decided = CaughtUp(bootstrap, Decided(store), (DISPATCH_COMMANDS,), give_up_after_s=UNKNOWING_S)
    ordered = CaughtUp(bootstrap, folded, (INCIDENTS,), give_up_after_s=UNKNOWING_S)
    for guard in (known, decided, ordered):
        worker.on_stop(guard.close)
    kept = ClaimsKept(worker.redis, decided, ordered, worker.ids)
    for drill in ("false", "true"):
        DOUBLE_ORDERS.labels(drill)  # shown as 0, so that the first one is seen as an increase
    worker.react("match", INCIDENTS, MatchRequests(matcher, known, worker.dead_letters).handle)
    resolver = DoubleOrderResolver(
        orders=directory,
        incidents=incidents,
        commands=commands,
        on_withdrawn=lambda order: DOUBLE_ORDERS.labels(str(order.drill).lower()).inc(),
    )
    worker.repeat("resolve double orders", resolver.resolve, every_s=MEND_EVERY_S)
    worker.repeat("keep claims again", kept.restore, every_s=MEND_EVERY_S)


def _travel_times(settings: DispatchSettings) -> StraightLineTimes:
    return StraightLineTimes(detour_factor=settings.detour_factor, speed_m_s=settings.walking_speed_m_s)


def build_api(settings: DispatchSettings) -> FastAPI:
    """The HTTP API; its own lifespan connects to everything, waiting for what is away.

    Ends the process when the playbooks cannot be followed.
    """
    parts = _ApiParts(settings)
    app = create_api(
        SERVICE,
        settings=settings,
        clock=parts.clock,
        redis=parts.redis,
        titles=TITLES,
        checks=parts.checks(),
        lifespan=parts.lifespan,
        audit=parts.audit,
    )
    install_routes(app, parts.routes(_playbooks(settings), settings), parts.foresight(settings), parts.ids)
    install_live_routes(app, parts.tail, parts.units, parts.clock)
    return app


def install_live_routes(app: FastAPI, tail: IncidentTail, units: UnitMap, clock: Clock) -> None:
    """The map and the stream."""
    app.include_router(map_routes(units, tail))
    app.include_router(stream_routes(tail, units, clock))


def install_routes(app: FastAPI, parts: Parts, foresight: Foresight, ids: Ids) -> None:
    """Everything else under `/dispatch/v1`."""
    app.include_router(incident_routes(parts, foresight, ids))
    app.include_router(order_routes(parts))
    app.include_router(unit_routes(parts, foresight))
    app.include_router(ending_routes(parts))
    install_command_route(app, SERVICE, parts.gateway)


class _ApiParts:
    """What the API holds open."""

    def __init__(self, settings: DispatchSettings) -> None:
        self.clock, self.ids = SystemClock(), SystemIds()
        self.redis: Redis = Redis.from_url(settings.redis_url)
        self.tail = IncidentTail(settings.kafka_bootstrap)
        self.units = UnitMap()
        self._live_map = LiveMap(
            self.units,
            settings.kafka_bootstrap,
            MapBeginning(self.redis, FOLDED, (DUTY, POSITIONS, INCIDENTS)),
            {DUTY: LONGEST_DUTY, POSITIONS: timedelta(seconds=settings.position_max_age_s), INCIDENTS: None},
            self.clock,
            rest_s=settings.rest_after_s,
        )
        self._producer = EventProducer(settings.kafka_bootstrap)
        self.audit = KafkaAuditLog(self._producer, self.clock, self.ids)
        self._store = LedgerStore(self.redis, SERVICE)
        self.gateway = CommandGateway(
            DISPATCH_COMMANDS,
            source=f"/{SERVICE}",
            producer=self._producer,
            redis=self.redis,
            store=self._store,
            clock=self.clock,
            ids=self.ids,
            answer_within_s=settings.answer_within_s,
        )

    def routes(self, playbooks: YamlPlaybooks, settings: DispatchSettings) -> Parts:
        desk = IncidentDesk(
            playbooks=playbooks,
            stations=RedisStations(self.redis),
            units=RedisUnitDirectory(self.redis, position_max_age_s=settings.position_max_age_s),
            time_factor=settings.playbook_time_factor,
        )
        return Parts(self.gateway, LedgerIncidents(self._store), RedisIncidentViews(self.redis), desk)

    def foresight(self, settings: DispatchSettings) -> Foresight:
        directory = RedisUnitDirectory(self.redis, position_max_age_s=settings.position_max_age_s)
        return Foresight(
            units=directory,
            homes=directory,
            travel_times=_travel_times(settings),
            clock=self.clock,
        )

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncGenerator[None]:
        connecting = asyncio.create_task(self._connect())
        await self.gateway.start()
        try:
            yield
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await self.tail.stop()
            await self._live_map.stop()
            await self.gateway.stop()
            await self._producer.stop()
            await self.redis.aclose()

    def checks(self) -> dict[str, Check]:
        return {
            "redis": self._check_redis,
            "answers": self.gateway.check,
            "stream": self.tail.check,
            "map": self._live_map.check,
        }

    async def _connect(self) -> None:
        await until_it_passes("connect to Kafka", self._producer.start)
        await until_it_passes("follow the incidents", self.tail.start)
        await until_it_passes("read the map", self._live_map.start)

    async def _check_redis(self) -> str | None:
        await self.redis.ping()
        return None


def _playbooks(settings: DispatchSettings) -> YamlPlaybooks:
    try:
        return YamlPlaybooks(settings.playbook_dir or SHIPPED)
    except PlaybookInvalid as error:
        print(f"wrong setting PLAYBOOK_DIR: {error}", file=sys.stderr)
        raise SystemExit(EX_CONFIG) from error
