"""What analytics needs from outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from services.analytics.application.audit_trail import AuditTrail
from services.analytics.domain.figures import Figures
from services.analytics.domain.unit_history import DutyEntry, OrderEntry, Position
from services.analytics.domain.window import Window
from shared.contracts.base import Message
from shared.contracts.topics import Topic

By = Literal["none", "day", "class", "station"]


@dataclass(frozen=True, slots=True)
class Happening:
    """A record of a topic as the history keeps it. `body` is None for a tombstone."""

    topic: str
    partition: int
    offset: int
    event_id: str
    subject: str
    type: str
    sequence: int
    time: datetime
    body: Message | None


@dataclass(frozen=True, slots=True)
class Station:
    """A node of the organisation tree, as far as figures need it."""

    station_id: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Question:
    """Of what and when figures are asked: of the subtree at `path`, drills or real ones, never both."""

    path: str
    window: Window
    by: By
    drill: bool


@dataclass(frozen=True, slots=True)
class UnitQuestion:
    """Of which unit entries are asked: the last `limit` of those from `start` on that lie before the position."""

    unit_id: str
    start: datetime
    before: Position
    limit: int


class HistoryUnavailable(ConnectionError):
    """It does not answer, or cannot do now what it can do at other times. A ConnectionError, so streams wait."""


class History(AuditTrail, Protocol):
    """Everything that happened. Obligations: what `keep` has returned from is there after a crash of this process;
    an event counts once, however often and under however many offsets it is kept. All methods may raise
    HistoryUnavailable.
    """

    async def prepare(self) -> None:
        """Make what is not there yet. To be called before anything else; harmless when repeated."""
        ...

    async def keep(self, topic: Topic, happenings: Sequence[Happening]) -> None:
        """Keep a batch of one topic; a crash leaves a beginning of it at most, so that no partition has gaps."""
        ...

    async def kept(self, topic: Topic) -> Mapping[int, int]:
        """The highest offset kept of each partition of a topic; a partition without any is missing."""
        ...

    async def stations(self) -> Mapping[str, Station]:
        """The stations that there are now, by id."""
        ...

    async def measure(self, question: Question) -> Mapping[str, Figures]:
        """Figures by key: "" (by none), an ISO date in the city's time zone, an incident class, a station id.

        A key that nothing happened for may be missing.
        """
        ...

    async def unit_path(self, unit_id: str) -> str | None:
        """Where the unit is in the organisation now; None when there is no such unit any more, or never was."""
        ...

    async def unit_duty(self, question: UnitQuestion) -> Sequence[DutyEntry]:
        """How its duty changed, newest first. A renewed lease that changes nothing is no entry."""
        ...

    async def unit_orders(self, question: UnitQuestion) -> Sequence[OrderEntry]:
        """The orders that were issued to it, newest first."""
        ...

    async def ping(self) -> None:
        """Raises when no question could be answered now."""
        ...

    async def close(self) -> None:
        """Let go of what is held; nothing may be called afterwards."""
        ...


class Log(Protocol):
    """The log, read again outside of the stream."""

    def after(self, topic: Topic, kept: Mapping[int, int]) -> AsyncIterator[Sequence[Happening]]:
        """What lies in the topic now beyond the offsets kept, in batches that go on in each partition's order.

        Records that do not keep their contract are left out: the stream buries them.
        """
        ...
