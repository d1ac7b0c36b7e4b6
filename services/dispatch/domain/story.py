"""What one command causes, event by event: each event is decided on the state after those before it."""

from datetime import datetime
from typing import TypedDict

from services.dispatch.domain.events import Event
from services.dispatch.domain.evolve import evolve
from services.dispatch.domain.orders import Order
from services.dispatch.domain.state import Open, Reported, Unreported
from shared.vocabulary.terms import AssigneeKind


class Header(TypedDict):
    """What every event of an incident carries."""

    incident_id: str
    station_id: str
    path: str
    drill: bool
    at: datetime
    by: str


class OrderHeader(Header):
    """What every event of an order carries."""

    order_id: str
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: str


class Story:
    """Collects events. Lives for one decision; everything it is given and gives is immutable."""

    def __init__(self, incident: Reported, now: datetime, by: str) -> None:
        self.incident = incident
        self.now = now
        self.by = by
        self.events: tuple[Event, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether units may still be asked for."""
        return isinstance(self.incident, Open)

    def tell(self, event: Event) -> None:
        """`event` happens."""
        after = evolve(self.incident, event)
        assert not isinstance(after, Unreported)
        self.incident = after
        self.events = (*self.events, event)

    def header(self) -> Header:
        return Header(
            incident_id=self.incident.incident_id,
            station_id=self.incident.station_id,
            path=self.incident.path,
            drill=self.incident.drill,
            at=self.now,
            by=self.by,
        )

    def order_header(self, order: Order) -> OrderHeader:
        return OrderHeader(
            **self.header(),
            order_id=order.order_id,
            stage=order.stage,
            assignee_kind=order.assignee_kind,
            assignee_id=order.assignee_id,
        )

    def seconds_since(self, then: datetime) -> float:
        return (self.now - then).total_seconds()
