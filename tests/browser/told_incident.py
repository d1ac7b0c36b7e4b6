"""Dispatch with one incident that the real decider decides, and that tells its events as the log has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from services.dispatch.adapters.incident_ledger import DECIDING
from services.dispatch.adapters.yaml_playbooks import YamlPlaybooks
from services.dispatch.application.unit_map import UnitMap
from services.dispatch.domain.state import Open
from shared.contracts.base import Message, Place
from shared.contracts.incident import (
    AcknowledgeOrder,
    AssignUnits,
    Candidate,
    EscalateIncident,
    HandOver,
    ReportArrival,
    ReportIncident,
    ReportSighting,
    Source,
)
from shared.vocabulary.decisions import Accepted
from shared.vocabulary.terms import IncidentClass, Severity, SourceKind
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.builders.dispatch_world import MemoryViews
from tests.builders.mapped_units import a_unit, put
from tests.component.dispatch.fakes import MemoryIncidents, SetClock
from tests.conformance.checkin.city import PLACE, STATION_PATH, UNIT

INCIDENT_ID = "i-1"
STATION_ID = "440106001"


@dataclass
class ToldIncidents(MemoryIncidents):
    """Remembers what was told."""

    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def decide(self, incident_id: str, body: Message) -> Any:
        decision = super().decide(incident_id, body)
        assert isinstance(decision, Accepted), decision
        for event in decision.events:
            published = DECIDING.events_out.to_contract(event)
            sequence = len(self.told) + 1
            head = {"sequence": sequence, "id": f"e-{sequence}", "type": published.ce_type(), "correlation_id": "c-1"}
            self.told.append({**head, "time": event.at.isoformat(), "data": published.model_dump(mode="json")})
        self.clock.pass_seconds(7)
        return decision


class ToldViews(MemoryViews):
    """The one incident's events."""

    def __init__(self, incidents: ToldIncidents) -> None:
        super().__init__(incidents)
        self._told = incidents.told

    async def events(self, incident_id: str, after: int, limit: int) -> Sequence[dict[str, Any]]:
        return self._told[after : after + limit]


@dataclass(frozen=True)
class Cast:
    """The ids of who does what in the incident."""

    reporter: str
    leader: str
    escalates: str
    sees: str
    hears: str
    hands_over: str


def dispatch_with(cast: Cast) -> FastAPI:
    """An incident in STATION_PATH, from its report until it is handed over to the station."""
    incidents = ToldIncidents(SetClock())
    _play(incidents, cast)
    units = UnitMap()
    put(units, a_unit(UNIT.code, PLACE.lon, PLACE.lat, path=STATION_PATH, name=UNIT.name))
    units.publish(0)
    units.is_complete = True
    return dispatch_on_fakes(incidents, ToldViews(incidents), units=units)


def _play(incidents: ToldIncidents, cast: Cast) -> None:
    incidents.decide(INCIDENT_ID, _report(cast.reporter))
    candidate = Candidate(
        unit_id=UNIT.code, station_id=STATION_ID, chosen=True, distance_m=120, eta_s=90, members_on_duty=3
    )
    incidents.decide(INCIDENT_ID, AssignUnits(incident_id=INCIDENT_ID, round=1, candidates=(candidate,)))
    state = incidents.states[INCIDENT_ID]
    assert isinstance(state, Open)
    order = next(order.order_id for order in state.orders if order.assignee_id == UNIT.code)
    of_order: dict[str, Any] = {"incident_id": INCIDENT_ID, "order_id": order}
    commands: Sequence[Message] = [
        AcknowledgeOrder(**of_order, by=cast.leader, by_assignee=UNIT.code),
        EscalateIncident(incident_id=INCIDENT_ID, by=cast.escalates, reason="crowd-growing"),
        ReportSighting(incident_id=INCIDENT_ID, by=cast.sees, note="往地铁口去了"),
        ReportArrival(**of_order, by=cast.hears, by_assignee=None, on_behalf=True, manual=True),
        HandOver(incident_id=INCIDENT_ID, by=cast.hands_over, to=STATION_ID),
    ]
    for command in commands:
        incidents.decide(INCIDENT_ID, command)


def _report(by: str) -> ReportIncident:
    return ReportIncident(
        incident_id=INCIDENT_ID,
        incident_class=IncidentClass.PUBLIC_ORDER,
        severity=Severity.SERIOUS,
        location=Place(lon=PLACE.lon, lat=PLACE.lat),
        description="有人斗殴",
        source=Source(kind=SourceKind.STATION, id=STATION_ID),
        station_id=STATION_ID,
        path=STATION_PATH,
        playbook=YamlPlaybooks().playbook_for(IncidentClass.PUBLIC_ORDER, Severity.SERIOUS),
        by=by,
    )
