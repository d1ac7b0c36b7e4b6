"""Which event tells whom what, and which makes earlier notices pointless. Pure: nobody is looked up here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.notify.application.audiences import (
    Audience,
    OfficersAt,
    OfficersOfStation,
    UnitOnDuty,
    broadcast_audience,
    level_path,
)
from services.notify.application.briefs import Brief, level_of
from shared.contracts.base import Message
from shared.contracts.incident import (
    BroadcastOrdered,
    BroadcastRecalled,
    IncidentCancelled,
    IncidentCleared,
    IncidentEscalated,
    IncidentReported,
    OrderAcknowledged,
    OrderDeclined,
    OrderIssued,
    OrderUnanswered,
    OrderWithdrawn,
)
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AssigneeKind, Lane, OrderRole, Severity

ORDER, STAND_DOWN, NOTICE, ESCALATION, BROADCAST, RECALL = (
    "order",
    "stand-down",
    "notice",
    "escalation",
    "broadcast",
    "recall",
)
DESCRIPTION_MAX = 500
# How long telling somebody is of use.
LASTS = {
    ORDER: timedelta(minutes=15),
    STAND_DOWN: timedelta(hours=2),
    NOTICE: timedelta(hours=2),
    ESCALATION: timedelta(hours=1),
    BROADCAST: timedelta(hours=12),
    RECALL: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell these audiences this. `subject` names it, so that it is planned once: an order's or an event's id."""

    subject: str
    purpose: str
    lane: Lane
    audiences: tuple[Audience, ...]
    template: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    order_id: str | None = None
    photo_url: str | None = None
    actions: tuple[str, ...] = ()

    @property
    def short_number(self) -> str:
        """Four digits by which people name it on the radio; the same in every repeat."""
        return f"{int(derived_id('short-number', self.order_id or self.subject)[:8], 16) % 10_000:04d}"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was planned for an incident with these purposes (and for this order) need not go out any more."""

    reason: str
    purposes: tuple[str, ...]
    order_id: str | None = None


Step = Notice | Withdrawal


def steps_for(event: Message, event_id: str, brief: Brief) -> tuple[Step, ...]:
    """What an incident's event asks for, in order. Withdrawals come first."""
    plan = _STEPS.get(type(event))
    return () if plan is None else plan(event, event_id, brief)


def _reported(event: IncidentReported, event_id: str, brief: Brief) -> tuple[Step, ...]:
    audiences = tuple(OfficersAt(level_path(event.path, level)) for level in event.playbook.tell)
    grave = event.severity is not Severity.MINOR
    lane = urgent_lane(event.drill) if grave else Lane.NORMAL
    return (Notice(event_id, NOTICE, lane, audiences, "report", _values(brief), photo_url=event.photo_url),)


def _escalated(event: IncidentEscalated, event_id: str, brief: Brief) -> tuple[Step, ...]:
    audience = OfficersAt(level_path(event.path, level_of(event)))
    values = {**_values(brief), "reason": event.reason}
    return (Notice(event_id, ESCALATION, urgent_lane(event.drill), (audience,), "escalation", values),)


def _issued(event: OrderIssued, event_id: str, brief: Brief) -> tuple[Step, ...]:
    values = {
        **_values(brief),
        "incident_class": event.incident_class.value,
        "severity": event.severity.value,
        "distance_m": None if event.distance_m is None else round(event.distance_m),
    }
    notice = Notice(
        event.order_id,
        ORDER,
        urgent_lane(event.drill),
        (_assignee(event.assignee_kind, event.assignee_id),),
        _template(event),
        values,
        event.order_id,
        brief.photo_url,
        ("acknowledge", "decline", "arrive"),
    )
    return (notice,)


def _answered(event: OrderAcknowledged | OrderDeclined | OrderUnanswered, _: str, brief: Brief) -> tuple[Step, ...]:
    reason = {OrderAcknowledged: "answered", OrderDeclined: "declined", OrderUnanswered: "unanswered"}[type(event)]
    return (Withdrawal(reason, (ORDER,), event.order_id),)


def _withdrawn(event: OrderWithdrawn, _: str, brief: Brief) -> tuple[Step, ...]:
    notice = Notice(
        event.order_id,
        STAND_DOWN,
        urgent_lane(event.drill),
        (_assignee(event.assignee_kind, event.assignee_id),),
        "stand-down",
        {**_values(brief), "reason": event.reason},
        event.order_id,
    )
    return (Withdrawal(event.reason, (ORDER,), event.order_id), notice)


def _broadcast(event: BroadcastOrdered, _: str, brief: Brief) -> tuple[Step, ...]:
    audiences = tuple(broadcast_audience(code, event.path) for code in event.audiences)
    values = {**_values(brief), "description": event.text}
    photo_url = event.photo_url
    return (Notice(event.broadcast_id, BROADCAST, Lane.BULK, audiences, "broadcast", values, photo_url=photo_url),)


def _recalled(event: BroadcastRecalled, _: str, brief: Brief) -> tuple[Step, ...]:
    codes = brief.audiences.get(event.broadcast_id, ())
    audiences = tuple(broadcast_audience(code, event.path) for code in codes)
    values = {**_values(brief), "reason": event.reason}
    recall = Notice(event.broadcast_id, RECALL, Lane.BULK, audiences, "recall", values)
    return (Withdrawal(event.reason, (BROADCAST,)), recall)


def _over(event: IncidentCleared | IncidentCancelled, event_id: str, brief: Brief) -> tuple[Step, ...]:
    cleared = isinstance(event, IncidentCleared)
    audiences: tuple[Audience, ...] = (
        *(UnitOnDuty(unit_id) for unit_id in brief.at_scene),
        *(OfficersAt(level_path(event.path, level)) for level in brief.told),
    )
    values = {**_values(brief), "reason": event.outcome if cleared else event.reason}
    reason = template = "cleared" if cleared else "cancelled"
    over = Notice(event_id, NOTICE, Lane.NORMAL, audiences, template, values)
    return (Withdrawal(reason, (ORDER, NOTICE, ESCALATION, BROADCAST)), over)


_STEPS: Mapping[type[Message], Callable[[Any, str, Brief], tuple[Step, ...]]] = {
    IncidentReported: _reported,
    IncidentEscalated: _escalated,
    OrderIssued: _issued,
    OrderAcknowledged: _answered,
    OrderDeclined: _answered,
    OrderUnanswered: _answered,
    OrderWithdrawn: _withdrawn,
    BroadcastOrdered: _broadcast,
    BroadcastRecalled: _recalled,
    IncidentCleared: _over,
    IncidentCancelled: _over,
}
PLANNED_FOR = frozenset(_STEPS)
"""The events that ask for something."""


def urgent_lane(drill: bool) -> Lane:
    """A drill never takes the way of the real ones."""
    return Lane.NORMAL if drill else Lane.EMERGENCY


def _assignee(kind: AssigneeKind, assignee_id: str) -> Audience:
    return UnitOnDuty(assignee_id) if kind is AssigneeKind.UNIT else OfficersOfStation(assignee_id)


def _template(event: OrderIssued) -> str:
    if event.assignee_kind is AssigneeKind.POLICE:
        return "order-police"
    return "order-observe" if event.role is OrderRole.OBSERVE else "order-respond"


def _values(brief: Brief) -> dict[str, Any]:
    return {
        "incident_class": brief.incident_class,
        "severity": brief.severity,
        "description": brief.description[:DESCRIPTION_MAX],
    }
