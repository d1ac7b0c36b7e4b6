"""A unit's history, event by event."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from services.analytics.application.ports import Happening, UnitQuestion
from services.analytics.domain.unit_history import DutyEntry, OrderEntry
from shared.contracts import duty, incident
from shared.vocabulary.terms import AssigneeKind, DutyState

E = TypeVar("E", DutyEntry, OrderEntry)
ENDED = {
    incident.OrderDeclined: "declined",
    incident.OrderWithdrawn: "withdrawn",
    incident.OrderCompleted: "completed",
}


def the_last(entries: Iterable[E], question: UnitQuestion) -> Sequence[E]:
    """Those that are asked for, newest first."""
    asked = [entry for entry in entries if question.start <= entry.at and entry.position < question.before]
    return sorted(asked, key=lambda entry: entry.position, reverse=True)[: question.limit]


def duty_entries(happenings: Iterable[Happening], unit_id: str) -> list[DutyEntry]:
    """What each decision came to; renewals left out."""
    entries: list[DutyEntry] = []
    before: DutyState | None = None
    came = left = lapsed = 0
    for happening in sorted((h for h in happenings if h.subject == unit_id), key=lambda h: h.sequence):
        match happening.body:
            case duty.MemberCheckedIn(renewed=renewed):
                came += not renewed
            case duty.MemberCheckedOut(reason="lease-expired"):
                lapsed += 1
            case duty.MemberCheckedOut():
                left += 1
            case duty.UnitDutyChanged() as event:
                if came or left or lapsed or event.state is not before:
                    entries.append(
                        DutyEntry(
                            at=event.at,
                            sequence=happening.sequence,
                            came=came,
                            left=left,
                            lapsed=lapsed,
                            before=before,
                            state=event.state,
                            on_duty=len(event.on_duty),
                            quorum=event.quorum,
                        )
                    )
                before, came, left, lapsed = event.state, 0, 0, 0
            case _:
                raise AssertionError(happening)
    return entries


def order_entries(happenings: Iterable[Happening], unit_id: str) -> list[OrderEntry]:
    """What was said of each order, in the order in which it was said."""
    orders: dict[str, OrderEntry] = {}
    for event in (h.body for h in sorted(happenings, key=lambda h: (h.subject, h.sequence))):
        if getattr(event, "assignee_id", None) != unit_id or getattr(event, "assignee_kind", None) != AssigneeKind.UNIT:
            continue
        match event:
            case incident.OrderIssued():
                orders[event.order_id] = OrderEntry(
                    at=event.at,
                    order_id=event.order_id,
                    incident_id=event.incident_id,
                    incident_class=event.incident_class,
                    severity=event.severity,
                    drill=event.drill,
                    acknowledged_at=None,
                    arrived_at=None,
                    ended_at=None,
                    ended=None,
                    reason=None,
                )
            case incident.OrderAcknowledged():
                orders[event.order_id] = replace(orders[event.order_id], acknowledged_at=event.at)
            case incident.AssigneeArrived():
                orders[event.order_id] = replace(orders[event.order_id], arrived_at=event.at)
            case incident.OrderDeclined() | incident.OrderWithdrawn() | incident.OrderCompleted():
                ended = {"ended": ENDED[type(event)], "ended_at": event.at, "reason": event.reason}
                orders[event.order_id] = replace(orders[event.order_id], **ended)
            case incident.OrderUnanswered():
                orders[event.order_id] = replace(orders[event.order_id], ended="unanswered", ended_at=event.at)
            case _:
                raise AssertionError(event)
    return list(orders.values())
