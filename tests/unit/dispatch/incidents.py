"""Incidents for tests: a timeline that sends commands to the decider at given seconds after the report."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from services.dispatch.domain.commands import (
    AcknowledgeOrder,
    AssignUnits,
    Candidate,
    Command,
    DeclineOrder,
    ReportArrival,
    ReportIncident,
    Source,
)
from services.dispatch.domain.decide import decide
from services.dispatch.domain.events import Event, OrderIssued, ReinforcementRequested
from services.dispatch.domain.evolve import evolve
from services.dispatch.domain.orders import Order
from services.dispatch.domain.playbook import Broadcast, Need, Playbook, Stage, Threat
from services.dispatch.domain.rules import due
from services.dispatch.domain.state import Incident, Unreported
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import (
    AssigneeKind,
    EquipmentKind,
    IncidentClass,
    OrderRole,
    Severity,
    SourceKind,
)

T0 = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
SCENE = Point(113.3190, 23.1352)
STATION = "440106007"
PATH = "/440100/440106/440106007"
E = TypeVar("E")


def unit_stage(number: int, count: int = 1, due_s: float | None = None, starts_s: float = 0, **more: Any) -> Stage:
    need = Need(AssigneeKind.UNIT, count, within_m=more.pop("within_m", 1000))
    return Stage(number, f"{number} min", due_s or number * 60, need, starts_after_s=starts_s, **more)


def police_stage(number: int = 5, starts_s: float = 0) -> Stage:
    return Stage(number, "the police arrive", number * 60, Need(AssigneeKind.POLICE, 1), starts_after_s=starts_s)


def playbook(*stages: Stage, **changes: Any) -> Playbook:
    values: dict[str, Any] = {
        "playbook_id": "test",
        "version": 1,
        "name": "test",
        "incident_class": IncidentClass.PUBLIC_ORDER,
        "severities": tuple(Severity),
        "stages": stages,
        "silence_s": 20,
        "retry_s": 15,
    }
    return Playbook(**{**values, **changes})


THREAT = Threat(members_min=3, equipment=(EquipmentKind.FORK,), others_observe=True)
BROADCAST = Broadcast(("station-units", "city-police"))
ONE_UNIT = playbook(unit_stage(3))


def report(book: Playbook = ONE_UNIT, **changes: Any) -> ReportIncident:
    values: dict[str, Any] = {
        "incident_id": "i1",
        "incident_class": book.incident_class,
        "severity": Severity.SERIOUS,
        "location": SCENE,
        "description": "somebody asks for help",
        "source": Source(SourceKind.STATION, STATION),
        "station_id": STATION,
        "path": PATH,
        "playbook": book,
        "by": "officer-1",
    }
    return ReportIncident(**{**values, **changes})


def candidate(unit: str, *, chosen: bool = True, role: OrderRole = OrderRole.RESPOND) -> Candidate:
    return Candidate(unit, "440106008", chosen, 120.0, 112.0, 4, role, ("nearest",) if chosen else ("claimed",))


@dataclass
class Timeline:
    """One incident and its log. `seconds` since the report; commands may be sent at any later time."""

    state: Incident = field(default_factory=Unreported)
    log: list[Event] = field(default_factory=list[Event])
    seconds: float = 0

    @classmethod
    def of(cls, book: Playbook = ONE_UNIT, **changes: Any) -> "Timeline":
        timeline = cls()
        timeline.send(report(book, **changes))
        return timeline

    @property
    def now(self) -> datetime:
        return T0 + timedelta(seconds=self.seconds)

    @staticmethod
    def at(seconds: float) -> datetime:
        """A time so many seconds after the report."""
        return T0 + timedelta(seconds=seconds)

    def send(self, command: Command | TimePassed, at_s: float | None = None) -> tuple[Event, ...] | str:
        """The events, or the code of the refusal."""
        self.seconds = self.seconds if at_s is None else at_s
        decision = decide(self.state, command, self.now)
        if isinstance(decision, Refused):
            return decision.code
        assert isinstance(decision, Accepted)
        for event in decision.events:
            self.state = evolve(self.state, event)
        self.log += decision.events
        return decision.events

    def wait(self, until_s: float) -> list[Event]:
        """Let ticks come at every deadline up to `until_s`."""
        before = len(self.log)
        while (deadline := due(self.state)) is not None and deadline <= T0 + timedelta(seconds=until_s):
            self.send(TimePassed(), max(self.seconds, (deadline - T0).total_seconds()))
        self.seconds = until_s
        return self.log[before:]

    def assign(self, *units: str, round_: int | None = None, observers: tuple[str, ...] = ()) -> Any:
        chosen = [candidate(u) for u in units] + [candidate(u, role=OrderRole.OBSERVE) for u in observers]
        number = round_ if round_ is not None else self.told(ReinforcementRequested)[-1].round
        return self.send(AssignUnits(incident_id="i1", round=number, candidates=tuple(chosen)))

    def acknowledge(self, assignee: str, **changes: Any) -> Any:
        return self.send(AcknowledgeOrder(**self._answer(assignee, changes)))

    def decline(self, assignee: str, **changes: Any) -> Any:
        return self.send(DeclineOrder(**self._answer(assignee, changes), reason="busy"))

    def arrive(self, assignee: str, location: Point | None = SCENE, **changes: Any) -> Any:
        extra = {name: changes.pop(name) for name in ("manual", "accuracy_m") if name in changes}
        return self.send(ReportArrival(**self._answer(assignee, changes), location=location, **extra))

    def told(self, kind: type[E]) -> list[E]:
        return [event for event in self.log if isinstance(event, kind)]

    def order(self, assignee: str) -> Order:
        assert not isinstance(self.state, Unreported)
        return next(order for order in self.state.orders if order.assignee_id == assignee)

    def status(self, assignee: str) -> str:
        return self.order(assignee).status

    def _answer(self, assignee: str, changes: dict[str, Any]) -> dict[str, Any]:
        order_id = next(o.order_id for o in self.told(OrderIssued) if o.assignee_id == assignee)
        defaults = {"incident_id": "i1", "order_id": order_id, "by": f"member-of-{assignee}", "by_assignee": assignee}
        return {**defaults, **changes}


def names(events: Any) -> list[str]:
    """The events' kinds, in order; a refusal as it is."""
    return [events] if isinstance(events, str) else [type(event).__name__ for event in events]
