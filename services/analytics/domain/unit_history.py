"""What a unit has behind it: how its duty changed, and the orders that it was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Literal

from shared.vocabulary.terms import DutyState, IncidentClass, Severity

EndedHow = Literal["declined", "unanswered", "withdrawn", "completed"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """An entry's place among all of a unit's: later ones are greater. `key` parts those of the same moment."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """The unit's duty changed: so many came, left, or were off duty since their lease had run out.

    `before`: what the unit was until then; None when nobody had ever been on duty. `sequence`: of the event that says
    what the duty came to.
    """

    at: datetime
    sequence: int
    came: int
    left: int
    lapsed: int
    before: DutyState | None
    state: DutyState
    on_duty: int
    quorum: int

    @property
    def position(self) -> Position:
        return Position(self.at, f"duty-{self.sequence:020d}")


@dataclass(frozen=True, slots=True)
class OrderEntry:
    """An order to the unit, issued `at`, and how far it came. `ended` and `reason` are None while it is open."""

    at: datetime
    order_id: str
    incident_id: str
    incident_class: IncidentClass
    severity: Severity
    drill: bool
    acknowledged_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    ended: EndedHow | None
    reason: str | None

    @property
    def position(self) -> Position:
        return Position(self.at, f"order-{self.order_id}")


Entry = DutyEntry | OrderEntry


def newest(duties: Iterable[DutyEntry], orders: Iterable[OrderEntry], limit: int) -> tuple[Entry, ...]:
    """The last `limit` of both, newest first."""
    entries: Iterable[Entry] = chain(duties, orders)
    return tuple(sorted(entries, key=lambda entry: entry.position, reverse=True)[:limit])
