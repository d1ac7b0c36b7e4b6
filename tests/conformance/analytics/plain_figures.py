"""Figures counted one by one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from services.analytics.domain.figures import Attainment, Coverage, Figures, Reach, Responses, Spread
from shared.contracts import delivery, incident
from shared.contracts.base import Message
from shared.vocabulary.terms import AttemptOutcome

M = TypeVar("M", bound=Message)
Everything = Sequence[Message]


def figures_of(
    reported: Sequence[incident.IncidentReported],
    planned: Sequence[delivery.DeliveryPlanned],
    everything: Everything,
    coverage: Coverage | None,
) -> Figures:
    """The figures of these incidents and deliveries, from everything that happened."""
    ids = {event.incident_id for event in reported}
    course = [event for event in everything if getattr(event, "incident_id", None) in ids]
    cancelled = {event.incident_id for event in _all(incident.IncidentCancelled, course)}
    return Figures(
        incidents=dict(Counter(event.incident_class.value for event in reported)),
        cancelled=len(cancelled),
        acknowledged=_acknowledged(course),
        arrived=_arrived(course),
        first_arrived=_first_arrived(ids, course, cancelled),
        stages=tuple(_stage(number, course) for number in sorted(_stage_numbers(course))),
        reach=_reach(planned, everything),
        coverage=coverage,
    )


def spread(durations: Iterable[float]) -> Spread:
    """The value at rank ⌊p·n⌋, counted from 0."""
    ranked = sorted(durations)
    if not ranked:
        return Spread()
    return Spread(*(ranked[min(int(p * len(ranked)), len(ranked) - 1)] for p in (0.5, 0.9, 0.99)))


def _all(kind: type[M], course: Everything) -> list[M]:
    return [event for event in course if isinstance(event, kind)]


def _orders(kind: type[Message], course: Everything) -> set[str]:
    return {event.order_id for event in _all(kind, course)}  # pyright: ignore[reportAttributeAccessIssue]


def _acknowledged(course: Everything) -> Responses:
    took: dict[str, float] = {}
    for event in _all(incident.OrderAcknowledged, course):
        took[event.order_id] = min(event.after_s, took.get(event.order_id, event.after_s))
    return _responses(took, course)


def _arrived(course: Everything) -> Responses:
    took: dict[str, float] = {}
    for event in _all(incident.AssigneeArrived, course):
        took[event.order_id] = min(event.order_after_s, took.get(event.order_id, event.order_after_s))
    return _responses(took, course)


def _responses(took: Mapping[str, float], course: Everything) -> Responses:
    issued = _orders(incident.OrderIssued, course)
    done = issued & set(took)
    refused = _orders(incident.OrderDeclined, course) | _orders(incident.OrderUnanswered, course)
    never = (issued & refused) - done
    stood_down = (issued & _orders(incident.OrderWithdrawn, course)) - done - never
    return Responses(len(issued), len(done), len(never), len(stood_down), spread(took[order] for order in done))


def _first_arrived(ids: set[str], course: Everything, cancelled: set[str]) -> Responses:
    took: dict[str, float] = {}
    for event in _all(incident.AssigneeArrived, course):
        took[event.incident_id] = min(event.after_s, took.get(event.incident_id, event.after_s))
    never = {event.incident_id for event in _all(incident.IncidentCleared, course)} - set(took)
    return Responses(len(ids), len(took), len(never), len(cancelled - set(took) - never), spread(took.values()))


def _stage_numbers(course: Everything) -> set[int]:
    return {e.stage for e in [*_all(incident.StageAttained, course), *_all(incident.StageMissed, course)]}


def _stage(number: int, course: Everything) -> Attainment:
    attained = [event for event in _all(incident.StageAttained, course) if event.stage == number]
    missed = {event.incident_id for event in _all(incident.StageMissed, course) if event.stage == number}
    in_time = {event.incident_id for event in attained if event.in_time}
    late = {event.incident_id for event in attained} - in_time
    return Attainment(number, len(missed | in_time | late), len(in_time), len(late))


def _reach(planned: Sequence[delivery.DeliveryPlanned], everything: Everything) -> Reach:
    told = {(event.delivery_id, recipient.member_id) for event in planned for recipient in event.recipients}
    accepted = {
        (event.delivery_id, result.member_id)
        for event in _all(delivery.AttemptEnded, everything)
        for result in event.results
        if result.outcome is AttemptOutcome.ACCEPTED
    }
    read = {(event.delivery_id, event.member_id) for event in _all(delivery.DeliveryAcknowledged, everything)}
    failed = {(event.delivery_id, event.member_id) for event in _all(delivery.RecipientUnreachable, everything)}
    failed |= {(e.delivery_id, m) for e in _all(delivery.DeliveryExpired, everything) for m in e.unreached_ids}
    reached = told & (accepted | read)
    return Reach(len(told), len(reached), len(told & read), len((told & failed) - reached))
