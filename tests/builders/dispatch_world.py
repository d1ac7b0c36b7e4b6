"""Dispatch with one incident in memory: reported by `partner-own`, and ordered to `unit-own`."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from typing import Any, cast

from services.dispatch.adapters.incident_tail import IncidentTail, Listener, Offsets, format_position
from services.dispatch.adapters.yaml_playbooks import YamlPlaybooks
from services.dispatch.application.incident_views import Page, Position, Search, Summary
from services.dispatch.application.ports import Found
from services.dispatch.application.unit_map import UnitMap
from services.dispatch.domain.state import Reported, Unreported
from shared.contracts.base import Place
from shared.contracts.envelope import Envelope
from shared.contracts.examples import example_of
from shared.contracts.incident import AssignUnits, Candidate, OrderIssued, ReportIncident, Source
from shared.contracts.topics import INCIDENTS
from shared.platform.outcomes import Outcome
from shared.platform.records import Received, Record
from shared.vocabulary.geography import Point
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import IncidentClass, OrderRole, Role, Severity, SourceKind
from tests.builders.callers import STATION, STATION_ID, Where, caller
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.builders.mapped_units import a_unit, put
from tests.builders.world import World
from tests.component.dispatch.fakes import NOW, FixedDirectory, MemoryIncidents, SetClock

INCIDENT_ID = "incident-own"


@dataclass
class MemoryViews:
    """Plays `IncidentViews`: what the incidents' states say."""

    incidents: MemoryIncidents

    async def find(self, search: Search, after: Position | None, limit: int) -> Page:
        found = [state for state in self.incidents.states.values() if not isinstance(state, Unreported)]
        return Page(tuple(_summary(incident) for incident in found if _is_searched(incident, search)), None)

    async def summary(self, incident_id: str) -> Summary | None:
        incident = self.incidents.states.get(incident_id, Unreported())
        return None if isinstance(incident, Unreported) else _summary(incident)

    async def events(self, incident_id: str, after: int, limit: int) -> Sequence[dict[str, Any]]:
        event = {"sequence": 1, "id": "e-1", "type": "meu.dispatch.incident-reported.v1", "time": NOW.isoformat()}
        return [{**event, "correlation_id": "c-1", "data": {}}]


@dataclass
class MemoryTail:
    """Plays IncidentTail: what is in the log, and nothing more comes; each stream then ends."""

    items: list[Received]

    @contextmanager
    def listen(self) -> Generator[Listener]:
        yield Listener(self.items_end(), asyncio.Queue(), fell_behind=True)

    def position(self) -> str:
        return format_position(self.items_end())

    def items_end(self) -> dict[int, int]:
        return dict.fromkeys(range(INCIDENTS.partitions), 0) | {0: len(self.items)}

    async def between(self, start: Offsets, end: Offsets) -> AsyncGenerator[Received]:
        for item in self.items[start[0] : end[0]]:
            yield item


class WithOutcomes(MemoryIncidents):
    """Knows what became of one command."""

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        if (aggregate_id, command_id) != (INCIDENT_ID, "command-own"):
            return None
        return Outcome(command_id=command_id, aggregate_id=aggregate_id, status="accepted")


@asynccontextmanager
async def dispatch_world() -> AsyncGenerator[World]:
    """The incident lies in STATION."""
    incidents = WithOutcomes(SetClock())
    incidents.decide(INCIDENT_ID, _report())
    candidate = Candidate(
        unit_id="unit-own", station_id=STATION_ID, chosen=True, distance_m=1, eta_s=1, members_on_duty=3
    )
    incidents.decide(INCIDENT_ID, AssignUnits(incident_id=INCIDENT_ID, round=1, candidates=(candidate,)))
    before = dict(incidents.states)
    tail = cast("IncidentTail", MemoryTail([_issued()]))
    free = Found("unit-next", STATION_ID, Point(113.32, 23.135), 100, 3, True, OrderRole.RESPOND, ("named",))
    lookout = FixedDirectory([free])
    app = dispatch_on_fakes(incidents, MemoryViews(incidents), tail=tail, units=_map(), lookout=lookout)
    own = {
        "incident_id": INCIDENT_ID,
        "order_id": _order_of_the_unit(incidents.states),
        "aggregate_id": INCIDENT_ID,
        "command": "command-own",
        "beginning": format_position(dict.fromkeys(range(INCIDENTS.partitions), 0)),
        "station": STATION,
        "unit_id": "unit-own",
    }

    async def put_back() -> None:
        incidents.states = dict(before)

    absent = {name: f"{name}-absent" for name in ("incident_id", "order_id", "aggregate_id", "command", "unit_id")}
    yield World(app, own, {**own, **absent, "station": "/440100/440106/440106999"}, put_back)


def _map() -> UnitMap:
    units = UnitMap()
    put(units, a_unit("unit-own", 113.319, 23.1352, path=STATION))
    units.publish(0)
    units.is_complete = True
    return units


def _report() -> ReportIncident:
    return ReportIncident(
        incident_id=INCIDENT_ID,
        incident_class=IncidentClass.PUBLIC_ORDER,
        severity=Severity.SERIOUS,
        location=Place(lon=113.319, lat=23.1352),
        source=Source(kind=SourceKind.EXTERNAL, id=caller(Role.PARTNER, Where.OWN).subject),
        station_id=STATION_ID,
        path=STATION,
        playbook=YamlPlaybooks().playbook_for(IncidentClass.PUBLIC_ORDER, Severity.SERIOUS),
        by=caller(Role.PARTNER, Where.OWN).subject,
    )


def _order_of_the_unit(states: Mapping[str, Any]) -> str:
    return next(order.order_id for order in states[INCIDENT_ID].orders if order.assignee_id == "unit-own")


def _issued() -> Received:
    about = {"incident_id": INCIDENT_ID, "path": STATION, "station_id": STATION_ID}
    order = {"assignee_id": "unit-own", "assignee_station_id": STATION_ID}
    body = example_of(OrderIssued).model_copy(update=about | order)
    envelope = Envelope("e-1", "/dispatch", body.ce_type(), INCIDENT_ID, NOW, "c-1", sequence=1)
    return Received(Record(INCIDENTS.name, 0, 0, NOW, INCIDENT_ID.encode(), None, {}), envelope, body)


def _is_searched(incident: Reported, search: Search) -> bool:
    if search.unit_id is not None:
        return any(order.assignee_id == search.unit_id for order in incident.orders)
    return search.node is not None and within(incident.path, search.node)


def _summary(incident: Reported) -> Summary:
    report = {
        "incident_id": incident.incident_id,
        "incident_class": incident.incident_class,
        "severity": incident.severity,
        "drill": incident.drill,
        "station_id": incident.station_id,
        "path": incident.path,
        "location": asdict(incident.location),
        "description": "",
        "photo_url": None,
        "source": asdict(incident.source),
        "external_id": incident.external_id,
    }
    return Summary(incident.incident_id, incident.state, incident.level, incident.reported_at, None, report)
