"""Orders by status: one immutable class each, so that what cannot happen to an order does not type-check."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from services.dispatch.domain.events import (
    AssigneeArrived,
    OrderAcknowledged,
    OrderCompleted,
    OrderDeclined,
    OrderEvent,
    OrderUnanswered,
    OrderWithdrawn,
)
from shared.vocabulary.terms import AssigneeKind, OrderRole

POLICE_REMINDERS_MAX = 3

EndedStatus = Literal["declined", "unanswered", "withdrawn", "completed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    order_id: str
    round: int
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: str
    assignee_station_id: str
    role: OrderRole
    distance_m: float | None
    eta_s: float | None
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued(_Order):
    """Waits for an answer until `respond_by`; None: nobody is reminded any more (police only)."""

    respond_by: datetime | None
    reminders: int = 0
    status: Literal["issued"] = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(_Order):
    """The assignee comes."""

    acknowledged_at: datetime
    status: Literal["acknowledged"] = "acknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(_Order):
    """The assignee is at the scene."""

    acknowledged_at: datetime
    arrived_at: datetime
    manual: bool
    status: Literal["arrived"] = "arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(_Order):
    """The assignee's part is over, for the `reason` given."""

    acknowledged_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime
    reason: str
    status: EndedStatus


OpenOrder = Issued | Acknowledged | Arrived
Order = OpenOrder | Ended


def order_after(order: Order, event: OrderEvent) -> Order:
    """The order after what was said of it; ValueError for what cannot have been."""
    match order, event:
        case Issued(), OrderAcknowledged():
            return Acknowledged(**_identity(order), acknowledged_at=event.at)
        case Acknowledged(), AssigneeArrived():
            return Arrived(
                **_identity(order),
                acknowledged_at=order.acknowledged_at,
                arrived_at=event.at,
                manual=event.manual,
            )
        case Issued() | Acknowledged(), OrderDeclined():
            return _ended(order, event.at, "declined", event.reason)
        case Issued(), OrderUnanswered():
            return _ended(order, event.at, "unanswered", "unanswered")
        case Issued() | Acknowledged(), OrderWithdrawn():
            return _ended(order, event.at, "withdrawn", event.reason)
        case Arrived(), OrderCompleted():
            return _ended(order, event.at, "completed", event.reason)
        case _:
            raise ValueError(f"{type(event).__name__} cannot happen to an order that is {order.status}")


def reminded(order: Order, at: datetime, silence: timedelta) -> Order:
    """The order after its assignee, the police, was asked again, if that was its turn."""
    if not isinstance(order, Issued) or order.assignee_kind is not AssigneeKind.POLICE:
        return order
    if order.respond_by is None or order.respond_by > at:
        return order
    reminders = order.reminders + 1
    return replace(order, reminders=reminders, respond_by=at + silence if reminders < POLICE_REMINDERS_MAX else None)


def _ended(order: OpenOrder, at: datetime, status: EndedStatus, reason: str) -> Ended:
    return Ended(
        **_identity(order),
        acknowledged_at=None if isinstance(order, Issued) else order.acknowledged_at,
        arrived_at=order.arrived_at if isinstance(order, Arrived) else None,
        ended_at=at,
        reason=reason,
        status=status,
    )


def _identity(order: _Order) -> dict[str, Any]:
    return {field.name: getattr(order, field.name) for field in fields(_Order)}
