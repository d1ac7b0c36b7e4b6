"""Incidents close to one another that ask for the same few units, who answer, refuse, are late or stay silent."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from pydantic import TypeAdapter

from services.dispatch.adapters.claims_kept import ClaimsKept
from services.dispatch.adapters.incident_ledger import DECIDING
from services.dispatch.adapters.incident_projection import IncidentProjection
from services.dispatch.adapters.kafka_commands import KafkaCommands
from services.dispatch.adapters.live_incidents import LedgerIncidents
from services.dispatch.adapters.match_requests import MatchRequests
from services.dispatch.adapters.redis_unit_directory import RedisUnitDirectory
from services.dispatch.adapters.redis_unit_orders import RedisUnitOrders
from services.dispatch.adapters.straight_line import StraightLineTimes
from services.dispatch.application.double_orders import DoubleOrderResolver
from services.dispatch.application.match import Matcher
from services.dispatch.domain.commands import ReportIncident
from shared.contracts import incident
from shared.contracts.base import Message, Place
from shared.contracts.incident import OrderIssued
from shared.contracts.topics import DISPATCH_COMMANDS, INCIDENTS
from shared.platform.caught_up import Decided, Folded
from shared.platform.clock import SystemIds
from shared.platform.dead_letters import understand
from shared.platform.projection import done_key
from shared.platform.records import Record
from shared.platform.rules import Deciding
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import AssigneeKind
from tests.simulation.caught_up import TopicCaughtUp
from tests.simulation.log import ids
from tests.simulation.redis import Script
from tests.simulation.unit_directory import Unit, UnitScripts
from tests.simulation.worker import Worker
from tests.simulation.world import World
from tests.unit.dispatch.incidents import SCENE, STATION, playbook, police_stage, report, unit_stage

ISSUED = OrderIssued.ce_type().encode()
DISPATCH, FOLDED = "dispatch", "dispatch:folded"
IDS = ids("incident-", 4)
RESOLVE_EVERY_S, RESTORE_EVERY_S = 2.0, 1.0
REST_S = 15.0
UNITS = tuple(Unit(f"unit-{n}", "440106008", Point(SCENE.lon, SCENE.lat + 0.001 * n)) for n in range(1, 6))

STAGES = (
    unit_stage(1, due_s=6, attained_by="acknowledged"),
    unit_stage(3, count=2, due_s=14),
    police_stage(5, starts_s=8),
)
PLAYBOOK = playbook(*STAGES, silence_s=5, retry_s=4, rounds_max=4)


class IncidentStory:
    """Plays a Story."""

    decidings: ClassVar[Mapping[str, Deciding[Any, Any, Any]]] = {DISPATCH: DECIDING}

    def __init__(self, world: World) -> None:
        self.scripts: Mapping[str, Script] = UnitScripts(UNITS).by_text()
        self._world = world
        self._rng = world.rng
        self._answered: set[str] = set()
        self._count = 0
        world.log.follow(INCIDENTS.name, self._hear)

    def install(self, worker: Worker) -> None:
        worker.decide(DISPATCH, DECIDING)
        orders = RedisUnitOrders(worker.redis, clock=worker.process, rest_s=REST_S)
        folding = IncidentProjection(worker.redis, (orders,), marker=done_key(FOLDED, INCIDENTS))
        worker.project(FOLDED, INCIDENTS, folding, "dispatch.project")
        directory = RedisUnitDirectory(worker.redis, position_max_age_s=1800)
        incidents = LedgerIncidents(worker.store(DISPATCH))
        commands = KafkaCommands(worker.producer, worker.process)
        matcher = Matcher(
            directory=directory,
            travel_times=StraightLineTimes(detour_factor=1.4, speed_m_s=1.5),
            incidents=incidents,
            commands=commands,
            clock=worker.process,
        )
        known: Any = TopicCaughtUp(worker.reader, Folded(worker.redis, FOLDED), INCIDENTS)
        worker.consume("dispatch.match", INCIDENTS, MatchRequests(matcher, known, worker.dead_letters).handle)
        decided: Any = TopicCaughtUp(worker.reader, Decided(worker.store(DISPATCH)), DISPATCH_COMMANDS)
        worker.every(RESTORE_EVERY_S, ClaimsKept(worker.redis, decided, known, SystemIds()).restore)
        resolver = DoubleOrderResolver(
            orders=directory,
            incidents=incidents,
            commands=commands,
            on_withdrawn=lambda _: self._world.chronicle.count("double order withdrawn"),
        )
        worker.every(RESOLVE_EVERY_S, resolver.resolve)

    async def unfold(self) -> None:
        gaps_s = self._rng.choice(((0.0,), (0.0, 1.0, 6.0)))
        for incident_id in IDS[: self._rng.randint(2, len(IDS))]:
            await asyncio.sleep(self._rng.choice(gaps_s))
            picked = self._rng.choice(((), (), (UNITS[0].unit_id, UNITS[1].unit_id)))
            body = _reported(incident_id, self._rng.random() < 0.2, picked)
            self._world.submit(DISPATCH, incident_id, body, f"report-{incident_id}")
            for _ in range(self._rng.randint(0, 3)):
                self._later(self._rng.uniform(1, 45), incident_id, self._said(incident_id))
        await asyncio.sleep(self._rng.choice((15.0, 45.0)))

    def _said(self, incident_id: str) -> Message:
        """What somebody at a console does to an incident."""
        who: Any = {"incident_id": incident_id, "by": "officer"}
        bodies = (
            incident.ReportSighting(**who),
            incident.ReportSighting(**who),
            incident.EscalateIncident(**who, reason="asked"),
            incident.RequestUnit(**who, unit_id=self._rng.choice(UNITS).unit_id),
            incident.RequestUnit(**who, unit_id=self._rng.choice(UNITS).unit_id),
            incident.HandOver(**who, to="police"),
            incident.ClearIncident(**who, outcome="resolved"),
            incident.CancelIncident(**who, reason="false-alarm"),
        )
        return self._rng.choice(bodies)

    def _hear(self, record: Record) -> None:
        """An assignee hears of each order once, and has its own manner."""
        if record.headers["ce_type"] != ISSUED:
            return
        body = understand(record).body
        if not isinstance(body, OrderIssued) or body.order_id in self._answered:
            return
        self._answered.add(body.order_id)
        manners = ("comes", "comes", "acknowledges", "refuses", "silent", "is late", "elsewhere", "is stood down")
        manner = self._rng.choice(manners)
        if body.assignee_kind is AssigneeKind.POLICE and manner in ("refuses", "is stood down"):
            manner = "silent"
        for after_s, answer in self._answers(manner, body):
            self._later(after_s, body.incident_id, answer)

    def _answers(self, manner: str, order: OrderIssued) -> list[tuple[float, Message]]:
        who: Any = {
            "incident_id": order.incident_id,
            "order_id": order.order_id,
            "by": "member",
            "by_assignee": order.assignee_id,
        }
        soon, late, then = self._rng.uniform(0.2, 4), self._rng.uniform(5, 20), self._rng.uniform(4, 25)
        scene = Place(lon=SCENE.lon, lat=SCENE.lat)
        stood_down = incident.WithdrawOrder(
            incident_id=order.incident_id, order_id=order.order_id, reason="not-needed", by="officer", replace=False
        )
        comes, arrives = incident.AcknowledgeOrder(**who), incident.ReportArrival(**who, location=scene)
        manners: dict[str, list[tuple[float, Message]]] = {
            "comes": [(soon, comes), (then, arrives)],
            "acknowledges": [(soon, comes)],
            "refuses": [(soon, incident.DeclineOrder(**who, reason="busy"))],
            "silent": [],
            "is stood down": [(soon, comes), (then, stood_down)],
            "is late": [(late, comes), (late + then, arrives)],
            "elsewhere": [(soon, incident.ReportArrival(**who)), (then, incident.ReportArrival(**who, manual=True))],
        }
        return manners[manner]

    def _later(self, seconds: float, incident_id: str, body: Message) -> None:
        self._count += 1
        command_id = f"said-{self._count}"
        self._world.later(seconds, lambda: self._world.submit(DISPATCH, incident_id, body, command_id))


@lru_cache(None)
def _reported(incident_id: str, drill: bool, picked: tuple[str, ...]) -> Message:
    command = report(PLAYBOOK, incident_id=incident_id, station_id=STATION, drill=drill, units=picked)
    return incident.ReportIncident.model_validate(TypeAdapter(ReportIncident).dump_python(command))
