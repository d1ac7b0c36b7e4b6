"""Dispatch without a broker and without Redis: incidents are decided in memory, by the real decider."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.dispatch.adapters.incident_ledger import DECIDING
from services.dispatch.adapters.live_incidents import INCIDENT_JSON
from services.dispatch.application.incident_views import Page, Position, Search, Summary
from services.dispatch.application.ports import Found, HeldOrder, Home, Selection
from services.dispatch.domain.decide import decide
from services.dispatch.domain.evolve import evolve
from services.dispatch.domain.state import Incident, Unreported
from shared.contracts.base import Message
from shared.contracts.incident import ReinforcementRequested
from shared.platform.outcomes import Outcome
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Point

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
HOME = Home("440106007", "/440100/440106/440106007")
NEAREST = Home("440103001", "/440100/440103/440103001")


@dataclass
class SetClock:
    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def pass_seconds(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class CountingIds:
    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"id-{self.count}"


@dataclass
class MemoryIncidents:
    """Plays the gateway, `LiveIncidents` and `Commands`."""

    clock: SetClock
    states: dict[str, Incident] = field(default_factory=dict[str, Incident])
    submitted: list[Message] = field(default_factory=list[Message])
    sent: dict[str, Message] = field(default_factory=dict[str, Message])
    answers_late: bool = False
    rebuilding: bool = False

    async def submit(self, aggregate_id: str, body: Message, **_: Any) -> Outcome:
        self.submitted.append(body)
        if self.answers_late:
            return Outcome(command_id="c", aggregate_id=aggregate_id, status="pending")
        decision = self.decide(aggregate_id, body)
        if isinstance(decision, Refused):
            code, detail = decision.code, decision.detail
            return Outcome(command_id="c", aggregate_id=aggregate_id, status="refused", code=code, detail=detail)
        state = INCIDENT_JSON.dump_json(self.states[aggregate_id]).decode()
        return Outcome(command_id="c", aggregate_id=aggregate_id, status="accepted", state=state)

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        return None

    async def incident(self, incident_id: str) -> Incident | None:
        return None if self.rebuilding else self.states.get(incident_id)

    async def is_being_rebuilt(self, incident_id: str) -> bool:
        return self.rebuilding

    async def send(self, aggregate_id: str, body: Message, *, command_id: str, **_: Any) -> None:
        if command_id not in self.sent:
            self.decide(aggregate_id, body)
        self.sent[command_id] = body

    def decide(self, incident_id: str, body: Message) -> Any:
        state = self.states.get(incident_id, Unreported())
        decision = decide(state, DECIDING.commands_in.to_domain(body), self.clock.now())
        if not isinstance(decision, Refused):
            for event in decision.events:
                state = evolve(state, event)
            self.states[incident_id] = state
        return decision


class NoViews:
    """Has not followed yet."""

    def __init__(self) -> None:
        self.searched: list[Search] = []

    async def find(self, search: Search, after: Position | None, limit: int) -> Page:
        self.searched.append(search)
        return Page((), None)

    async def summary(self, incident_id: str) -> Summary | None:
        return None

    async def events(self, incident_id: str, after: int, limit: int) -> Sequence[dict[str, Any]]:
        return []


class Places:
    """Plays `Stations` and `UnitHomes`."""

    async def nearest(self, place: Point) -> Home | None:
        return NEAREST if place.lat > 0 else None

    async def home(self, unit_id: str) -> Home | None:
        return HOME if unit_id.startswith("u") else None


@dataclass
class FixedDirectory:
    """Plays `UnitDirectory` and `Lookout`: gives the same selection each time."""

    found: list[Found] = field(default_factory=list[Found])
    asked: list[ReinforcementRequested] = field(default_factory=list[ReinforcementRequested])

    async def choose_and_claim(self, request: ReinforcementRequested, now: datetime) -> Selection:
        self.asked.append(request)
        return Selection(now, self.found)

    async def look(self, request: ReinforcementRequested, now: datetime) -> Selection:
        return await self.choose_and_claim(request, now)


@dataclass
class FixedDoubleOrders:
    """Plays `DoubleOrders`."""

    held: list[list[HeldOrder]] = field(default_factory=list[list[HeldOrder]])

    async def doubly_ordered(self) -> Sequence[Sequence[HeldOrder]]:
        return self.held
