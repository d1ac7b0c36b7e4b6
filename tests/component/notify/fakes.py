"""Notify's ports, played in memory."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.notify.application.audiences import Audience, Person
from services.notify.application.briefs import Brief, fold
from services.notify.application.channels import OutgoingMessage, same_result
from services.notify.application.lane_commands import LaneCommand
from services.notify.application.planning import Planned
from services.notify.application.sending import Content
from shared.contracts.base import Message
from shared.contracts.delivery import Result
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

T0 = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    time: datetime = T0

    def now(self) -> datetime:
        return self.time

    def go(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class FakePeople:
    """Audiences with their people; asking for another one finds nobody."""

    audiences: dict[Audience, list[Person]] = field(default_factory=dict[Audience, list[Person]])

    async def find(self, audience: Audience, now: datetime) -> Sequence[Person]:
        return self.audiences.get(audience, [])


@dataclass
class FakePlanned:
    incidents: dict[str, set[Planned]] = field(default_factory=dict[str, set[Planned]])

    async def add(self, incident_id: str, planned: Sequence[Planned]) -> None:
        self.incidents.setdefault(incident_id, set()).update(planned)

    async def of(self, incident_id: str) -> Collection[Planned]:
        return sorted(self.incidents.get(incident_id, set()), key=lambda p: p.delivery_id)


@dataclass
class FakeBriefs:
    incidents: dict[str, Brief] = field(default_factory=dict[str, Brief])

    def add(self, event: Any) -> None:
        self.incidents[event.incident_id] = fold(self.incidents.get(event.incident_id, Brief()), event)

    async def find(self, incident_id: str) -> Brief:
        return self.incidents.get(incident_id, Brief())


@dataclass
class FakeCommands:
    """`submitted`: the bodies; `commands`: with their ids and lanes."""

    commands: list[LaneCommand] = field(default_factory=list[LaneCommand])

    async def submit(self, commands: Sequence[LaneCommand]) -> None:
        self.commands += commands

    def of(self, kind: type[Message]) -> list[Any]:
        return [command.body for command in self.commands if isinstance(command.body, kind)]


@dataclass
class FakeMarks:
    marked: set[str] = field(default_factory=set[str])
    since: datetime = T0

    async def set(self, attempt_id: str, begun_at: datetime) -> bool:
        fresh = attempt_id not in self.marked and begun_at >= self.since
        self.marked.add(attempt_id)
        return fresh


@dataclass
class FakeContents:
    contents: dict[str, Content] = field(default_factory=dict[str, Content])

    async def find(self, delivery_id: str) -> Content | None:
        return self.contents.get(delivery_id)


@dataclass
class FakeChannel:
    """Accepts, or raises, or hangs until it is let go."""

    kind: ChannelKind = ChannelKind.SMS
    bears_repeats: bool = False
    sent: list[OutgoingMessage] = field(default_factory=list[OutgoingMessage])
    fault: BaseException | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        self.sent.append(message)
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return same_result(message, AttemptOutcome.ACCEPTED)
