"""The roles that dispatch needs played."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.dispatch.domain.state import Incident
from shared.contracts.base import Message
from shared.contracts.incident import ReinforcementRequested
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import OrderRole


@dataclass(frozen=True, slots=True)
class Found:
    """A unit that was looked at for a round. `distance_m`: straight line to the scene.

    `on_ring`: a ring finds it, too; not so who is asked for by name and off duty, short of people or suspended.
    """

    unit_id: str
    station_id: str
    place: Point
    distance_m: float
    members_on_duty: int
    chosen: bool
    role: OrderRole
    reasons: tuple[str, ...]
    on_ring: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """Who was chosen for a round, and when they were claimed for it. The nearest come first, chosen or not."""

    claimed_at: datetime
    units: Sequence[Found]


class ClaimsLost(ConnectionError):
    """Which units are claimed is not known any more. Passes by itself, once it is known again who was ordered."""


class UnitDirectory(Protocol):
    """Which units are where, on duty, with what, and who is taken."""

    async def choose_and_claim(self, request: ReinforcementRequested, now: datetime) -> Selection:
        """Choose the nearest fit units for a round and claim them for it, in one atomic step.

        The claims lapse unless an order confirms them. Repeated for the same round it gives the same answer, with
        the time of the first. Raises ClaimsLost.
        """
        ...


class Lookout(Protocol):
    """The same units, to look at."""

    async def look(self, request: ReinforcementRequested, now: datetime) -> Selection:
        """Whom `choose_and_claim` would choose now. Claims nobody and keeps nothing. Raises ClaimsLost."""
        ...


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An open order of a unit, as far as the directory knows."""

    order_id: str
    incident_id: str
    drill: bool
    issued_at_ms: int


class DoubleOrders(Protocol):
    """Units that seem to have more than one open order."""

    async def doubly_ordered(self) -> Sequence[Sequence[HeldOrder]]:
        """The open orders of each such unit."""
        ...


class TravelTimes(Protocol):
    """How long units need to the scene."""

    async def seconds(self, origins: Sequence[Point], scene: Point) -> Sequence[float]:
        """An estimate for each origin, in seconds."""
        ...


class LiveIncidents(Protocol):
    """Incidents as the decider last remembered them."""

    async def incident(self, incident_id: str) -> Incident | None:
        """The live state; None when it is not there: never reported, dropped after closing, or being rebuilt."""
        ...

    async def is_being_rebuilt(self, incident_id: str) -> bool:
        """Whether the store lost the live states among which this one would be."""
        ...


@dataclass(frozen=True, slots=True)
class Home:
    """The station that something belongs to, and its place in the organisation."""

    station_id: str
    path: str


class Stations(Protocol):
    """The police stations of the registry."""

    async def nearest(self, place: Point) -> Home | None:
        """The station nearest to a place; None while no station is known."""
        ...


class UnitHomes(Protocol):
    """Where units belong."""

    async def home(self, unit_id: str) -> Home | None:
        """The unit's station; None for a unit that is not in the registry."""
        ...


class Commands(Protocol):
    """Where commands go that nobody waits for."""

    async def send(
        self, aggregate_id: str, body: Message, *, command_id: str, correlation_id: str, drill: bool
    ) -> None:
        """Durable on return. The same id again takes no second effect."""
        ...
