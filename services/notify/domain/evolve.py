"""The state after an event."""

from dataclasses import replace
from typing import assert_never

from services.notify.domain import progress as steps
from services.notify.domain.events import (
    AttemptBegun,
    AttemptEnded,
    DeliveryAcknowledged,
    DeliveryExpired,
    DeliveryPlanned,
    DeliveryWithdrawn,
    Event,
    RecipientUnreachable,
)
from services.notify.domain.progress import Move, Progress, Standing
from services.notify.domain.state import About, Call, Closed, Open, State, Unplanned, Why


def evolve(state: State, event: Event) -> State:
    """The state after `event`. ValueError for an event that no decision could have made of this state."""
    if isinstance(event, DeliveryPlanned):
        return _settled(_planned(event))
    if isinstance(state, Unplanned):
        raise ValueError(f"{type(event).__name__} of a delivery that was never planned")
    if isinstance(state, Closed):
        return _evolve_closed(state, event)
    match event:
        case AttemptBegun():
            return _begun(state, event)
        case AttemptEnded():
            return _settled(_ended(state, event))
        case RecipientUnreachable():
            return _settled(_moved(state, {event.member_id: _unreached}))
        case DeliveryAcknowledged():
            return _settled(_moved(state, {event.member_id: steps.acknowledged}))
        case DeliveryWithdrawn():
            return _closed(state, "withdrawn")
        case DeliveryExpired():
            return _closed(state, "expired")
        case _:
            assert_never(event)


def _evolve_closed(state: Closed, event: Event) -> State:
    match event:
        case AttemptEnded():
            return replace(state, calls=_without(state.calls, event.attempt_id))
        case DeliveryAcknowledged():
            unread = tuple(member for member in state.unread_ids if member != event.member_id)
            return replace(state, unread_ids=unread, read_ids=(*state.read_ids, event.member_id))
        case DeliveryWithdrawn():
            return replace(state, why="withdrawn")
        case _:
            raise ValueError(f"{type(event).__name__} of a closed delivery")


def _planned(event: DeliveryPlanned) -> Open:
    about = About(
        delivery_id=event.delivery_id,
        incident_id=event.incident_id,
        station_id=event.station_id,
        path=event.path,
        lane=event.lane,
        drill=event.drill,
    )
    recipients = tuple(steps.at_start(recipient, event.at) for recipient in event.recipients)
    return Open(about, planned_at=event.at, expires_at=event.expires_at, recipients=recipients)


def _begun(state: Open, event: AttemptBegun) -> Open:
    call = Call(event.attempt_id, event.channel, event.recipient_ids, event.unknown_at)
    moved = _moved(state, dict.fromkeys(event.recipient_ids, steps.attempt_begun))
    return replace(moved, calls=(*state.calls, call))


def _ended(state: Open, event: AttemptEnded) -> Open:
    outcomes = {result.member_id: result.outcome for result in event.results}
    recipients = tuple(
        steps.attempt_ended(p, outcomes[p.member_id], event.lane, event.attempt_id, event.at)
        if p.member_id in outcomes
        else p
        for p in state.recipients
    )
    return replace(state, recipients=recipients, calls=_without(state.calls, event.attempt_id))


def _unreached(progress: Progress) -> Progress:
    return replace(progress, standing=Standing.UNREACHED)


def _moved(state: Open, moves: dict[str, Move]) -> Open:
    recipients = tuple(moves[p.member_id](p) if p.member_id in moves else p for p in state.recipients)
    return replace(state, recipients=recipients)


def _settled(state: Open) -> Open | Closed:
    return _closed(state, "settled") if state.is_settled() else state


def _closed(state: Open, why: Why) -> Closed:
    return Closed(
        about=state.about,
        planned_at=state.planned_at,
        why=why,
        unread_ids=tuple(p.member_id for p in state.recipients if not p.acknowledged),
        read_ids=tuple(p.member_id for p in state.recipients if p.acknowledged),
        calls=state.calls,
    )


def _without(calls: tuple[Call, ...], attempt_id: str) -> tuple[Call, ...]:
    return tuple(call for call in calls if call.attempt_id != attempt_id)
