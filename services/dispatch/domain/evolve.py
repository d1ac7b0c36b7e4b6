"""The state after an event: nothing is decided here."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from services.dispatch.domain import events
from services.dispatch.domain.events import (
    AssigneeArrived,
    BroadcastOrdered,
    BroadcastRecalled,
    Event,
    IncidentCancelled,
    IncidentCleared,
    IncidentEscalated,
    IncidentReported,
    OrderAcknowledged,
    OrderCompleted,
    OrderDeclined,
    OrderEvent,
    OrderIssued,
    OrderUnanswered,
    OrderWithdrawn,
    ReinforcementRequested,
    SightingReported,
    StageAttained,
    StageMissed,
    UnitsConsidered,
)
from services.dispatch.domain.orders import Issued, order_after, reminded
from services.dispatch.domain.reasons import BY_NAME, ESCALATED, MATCHER, PICKED, POLICE_UNANSWERED, STAGE_STARTED
from services.dispatch.domain.state import Closed, HandedOver, Incident, Open, Round, Running, StageProgress, Unreported
from shared.vocabulary.terms import AssigneeKind, OrderRole

LEVEL_TOLD = {"station": 1, "district": 2, "city": 3}


def evolve(state: Incident, event: Event) -> Incident:
    """Total over what `decide` produces; ValueError for an event that cannot have happened in this state."""
    if isinstance(event, IncidentReported):
        return _reported(event)
    if isinstance(state, Unreported | Closed):
        raise ValueError(f"{type(event).__name__} cannot happen to what is {state.state}")
    match event:
        case events.HandedOver():
            return HandedOver(**_common(state), handed_over_at=event.at, handed_over_to=event.to)
        case IncidentCleared():
            return _closed(state, event, event.outcome, cancelled=False)
        case IncidentCancelled():
            return _closed(state, event, event.reason, cancelled=True)
        case _:
            return _running(state, event)


def _reported(event: IncidentReported) -> Open:
    return Open(
        incident_id=event.incident_id,
        station_id=event.station_id,
        path=event.path,
        drill=event.drill,
        incident_class=event.incident_class,
        severity=event.severity,
        location=event.location,
        source=event.source,
        external_id=event.external_id,
        reported_at=event.at,
        reported_by=event.by,
        playbook=event.playbook,
        level=max((LEVEL_TOLD[told] for told in event.playbook.tell), default=0),
        broadcast_id=None,
        stages=tuple(
            StageProgress(number=stage.number, wanted=0, within_m=stage.need.within_m)
            for stage in event.playbook.stages
        ),
    )


def _running(state: Running, event: Event) -> Running:
    match event:
        case ReinforcementRequested():
            return _requested(state, event)
        case UnitsConsidered():
            return _considered(state, event)
        case OrderIssued():
            return _issued(state, event)
        case (
            OrderAcknowledged()
            | OrderDeclined()
            | OrderUnanswered()
            | AssigneeArrived()
            | OrderWithdrawn()
            | OrderCompleted()
        ):
            return _said(state, event)
        case StageAttained():
            return _attained(state, event)
        case StageMissed():
            return _with_stage(state, event.stage, missed_at=event.at)
        case IncidentEscalated():
            return _escalated(state, event)
        case BroadcastOrdered():
            return replace(state, broadcast_id=event.broadcast_id)
        case BroadcastRecalled():
            return replace(state, broadcast_id=None)
        case SightingReported():
            return state
        case _:
            raise ValueError(f"{type(event).__name__} is no event of a running incident")


def _said(state: Running, event: OrderEvent) -> Running:
    order = state.order(event.order_id)
    orders = (order_after(o, event) if o.order_id == event.order_id else o for o in state.orders)
    state = replace(state, orders=tuple(orders))
    is_for_good = isinstance(event, OrderWithdrawn | OrderCompleted) and event.for_good
    if not is_for_good or order is None or order.role is not OrderRole.RESPOND:
        return state
    return _with_stage(state, event.stage, wanted=state.progress(event.stage).wanted - 1)


def _requested(state: Running, event: ReinforcementRequested) -> Running:
    progress = state.progress(event.stage)
    round_ = Round(
        number=event.round,
        stage=event.stage,
        count=event.need.count,
        observers_allowed=event.observers_allowed,
        requested_at=event.at,
        reason=event.reason,
        by=event.by if event.named else MATCHER,
    )
    state = replace(state, rounds=(*state.rounds, round_))
    if event.reason == BY_NAME:
        return state  # beside what the stage asks for, and no step of its search
    adds = event.need.count if event.reason in (STAGE_STARTED, ESCALATED, PICKED) else 0
    return _with_stage(
        state,
        event.stage,
        wanted=progress.wanted + adds,
        within_m=event.need.within_m,
        rounds=progress.rounds + 1,
        started_at=progress.started_at or event.at,
        look_again_at=None,
    )


def _considered(state: Running, event: UnitsConsidered) -> Running:
    rounds = (replace(r, answered=True) if r.number == event.round else r for r in state.rounds)
    state = replace(state, rounds=tuple(rounds))
    progress, round_ = state.progress(event.stage), state.round(event.round)
    is_by_name = round_ is not None and round_.reason == BY_NAME
    if not event.missing or is_by_name or progress.rounds >= state.playbook.rounds_max:
        return state
    again = event.at + timedelta(seconds=state.playbook.retry_s)
    return _with_stage(state, event.stage, look_again_at=again)


def _issued(state: Running, event: OrderIssued) -> Running:
    order = Issued(
        order_id=event.order_id,
        round=event.round,
        stage=event.stage,
        assignee_kind=event.assignee_kind,
        assignee_id=event.assignee_id,
        assignee_station_id=event.assignee_station_id,
        role=event.role,
        distance_m=event.distance_m,
        eta_s=event.eta_s,
        issued_at=event.at,
        respond_by=event.respond_by,
    )
    state = replace(state, orders=(*state.orders, order))
    if event.assignee_kind is AssigneeKind.POLICE:
        return _with_stage(state, event.stage, wanted=1, started_at=event.at)
    coming = len(state.responders(event.stage))
    return _with_stage(state, event.stage, wanted=max(state.progress(event.stage).wanted, coming))


def _attained(state: Running, event: StageAttained) -> Running:
    coming = sum(1 for order in state.responders(event.stage) if not isinstance(order, Issued))
    return _with_stage(
        state, event.stage, attained_at=event.at, in_time=event.in_time, wanted=coming, look_again_at=None
    )


def _escalated(state: Running, event: IncidentEscalated) -> Running:
    state = replace(state, level=event.level)
    if event.reason != POLICE_UNANSWERED:
        return state
    silence = timedelta(seconds=state.playbook.silence_s)
    return replace(state, orders=tuple(reminded(order, event.at, silence) for order in state.orders))


def _closed(state: Running, event: IncidentCleared | IncidentCancelled, outcome: str, cancelled: bool) -> Closed:
    return Closed(
        **_common(state),
        handed_over_at=state.handed_over_at if isinstance(state, HandedOver) else None,
        handed_over_to=state.handed_over_to if isinstance(state, HandedOver) else None,
        closed_at=event.at,
        closed_by=event.by,
        outcome=outcome,
        cancelled=cancelled,
    )


_COMMON = tuple(field.name for field in fields(Open) if field.name != "state")


def _common(state: Running) -> dict[str, Any]:
    return {name: getattr(state, name) for name in _COMMON}


def _with_stage(state: Running, number: int, **changes: Any) -> Running:
    stages = tuple(replace(p, **changes) if p.number == number else p for p in state.stages)
    return replace(state, stages=stages)
