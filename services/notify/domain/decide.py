"""What a command, or time, does to a delivery. Pure: no clock, no chance, no channel."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, assert_never

from services.notify.domain.commands import AcknowledgeDelivery, Command, EndAttempt, PlanDelivery, WithdrawDelivery
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
from services.notify.domain.evolve import evolve
from services.notify.domain.policies import UNKNOWN_AFTER
from services.notify.domain.progress import Progress, Standing
from services.notify.domain.state import About, Call, Closed, Open, State, Unplanned, waiting
from services.notify.domain.values import Recipient, Result
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

Decision = Accepted[Event] | Refused


def decide(state: State, command: Command | TimePassed, now: datetime) -> Decision:
    """The events that `command` causes at `now`, or why it has no effect."""
    if isinstance(command, PlanDelivery):
        return _plan(command, now) if isinstance(state, Unplanned) else Accepted(())
    if isinstance(state, Unplanned):
        return Refused("delivery-unknown", "no delivery was planned under this id")
    match command:
        case EndAttempt():
            return _end(state, command, now)
        case AcknowledgeDelivery():
            return _acknowledge(state, command, now)
        case WithdrawDelivery():
            return _withdraw(state, command, now)
        case TimePassed():
            return _let_time_pass(state, now)
        case _:
            assert_never(command)


def _plan(command: PlanDelivery, now: datetime) -> Decision:
    about = About(
        delivery_id=command.delivery_id,
        incident_id=command.incident_id,
        station_id=command.station_id,
        path=command.path,
        lane=command.lane,
        drill=command.drill,
    )
    planned = DeliveryPlanned(
        **_stamp(about, now),
        purpose=command.purpose,
        order_id=command.order_id,
        short_number=command.short_number,
        recipients=_each_once(command.recipients),
        text=command.text,
        photo_url=command.photo_url,
        actions=command.actions,
        expires_at=command.expires_at,
    )
    return _and_what_follows(Unplanned(), (planned,), now)


def _end(state: Open | Closed, command: EndAttempt, now: datetime) -> Decision:
    call = next((call for call in state.calls if call.attempt_id == command.attempt_id), None)
    if call is None:  # heard twice, or after it was given up as unknown: what was recorded stays
        return Accepted(())
    given = {result.member_id: result for result in reversed(command.results)}
    results = tuple(given.get(member, _unknown(member, "no-result")) for member in call.recipient_ids)
    return _and_what_follows(state, (_ended(state.about, call, results, command.latency_ms, now),), now)


def _acknowledge(state: Open | Closed, command: AcknowledgeDelivery, now: datetime) -> Decision:
    if isinstance(state, Open):
        read = {p.member_id: p.acknowledged for p in state.recipients}
    else:
        read = {**dict.fromkeys(state.unread_ids, False), **dict.fromkeys(state.read_ids, True)}
    if command.member_id not in read:
        return Refused("not-a-recipient", "this delivery was not for this person")
    if read[command.member_id]:
        return Accepted(())
    after_s = (now - state.planned_at).total_seconds()
    acknowledged = DeliveryAcknowledged(
        **_stamp(state.about, now), member_id=command.member_id, via=command.via, after_s=after_s
    )
    return _and_what_follows(state, (acknowledged,), now)


def _withdraw(state: Open | Closed, command: WithdrawDelivery, now: datetime) -> Decision:
    if isinstance(state, Closed) and state.why != "settled":
        return Accepted(())
    return Accepted((DeliveryWithdrawn(**_stamp(state.about, now), reason=command.reason),))


def _let_time_pass(state: Open | Closed, now: datetime) -> Decision:
    given_up = tuple(
        _ended(state.about, call, tuple(_unknown(m, "no-outcome") for m in call.recipient_ids), None, now)
        for call in state.calls
        if call.unknown_at <= now
    )
    return _and_what_follows(state, given_up, now)


def _and_what_follows(state: State, events: tuple[Event, ...], now: datetime) -> Decision:
    """`events`, and what is now due because of them or of the time: gaps shown, attempts begun, the end."""
    for event in events:
        state = evolve(state, event)
    for follow in _FOLLOWING:
        if isinstance(state, Open):
            following = tuple(follow(state, now))
            events += following
            for event in following:
                state = evolve(state, event)
    return Accepted(events)


def _gaps(state: Open, now: datetime) -> Iterator[Event]:
    for p in state.recipients:
        if p.standing is Standing.EXHAUSTED:
            reason = "all-channels-failed" if p.channels else "no-channel"
            yield RecipientUnreachable(**_stamp(state.about, now), member_id=p.member_id, reason=reason)


def _beginnings(state: Open, now: datetime) -> Iterator[Event]:
    if now >= state.expires_at:
        return
    together: dict[tuple[ChannelKind, int], list[Progress]] = {}
    for p in state.recipients:
        if p.is_due(now):
            together.setdefault((p.channels[0], p.tries + 1), []).append(p)
    for (channel, number), group in together.items():
        members = tuple(p.member_id for p in group)
        yield AttemptBegun(
            **_stamp(state.about, now),
            attempt_id=derived_id("attempt", state.about.delivery_id, channel.value, number, *members),
            number=number,
            channel=channel,
            recipient_ids=members,
            unknown_at=now + UNKNOWN_AFTER[state.about.lane],
        )


def _expiry(state: Open, now: datetime) -> Iterator[Event]:
    """Once nothing is out any more, so that it is certain who never got it."""
    if now >= state.expires_at and not state.calls:
        unreached = tuple(p.member_id for p in waiting(state) if not p.maybe)
        yield DeliveryExpired(**_stamp(state.about, now), unreached_ids=unreached)


_FOLLOWING: tuple[Callable[[Open, datetime], Iterator[Event]], ...] = (_gaps, _beginnings, _expiry)


def _ended(
    about: About, call: Call, results: tuple[Result, ...], latency_ms: float | None, now: datetime
) -> AttemptEnded:
    return AttemptEnded(
        **_stamp(about, now),
        attempt_id=call.attempt_id,
        channel=call.channel,
        results=results,
        latency_ms=latency_ms,
    )


def _unknown(member_id: str, detail: str) -> Result:
    return Result(member_id, AttemptOutcome.UNKNOWN, detail)


def _each_once(recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        first.setdefault(recipient.member_id, recipient)
    return tuple(first.values())


def _stamp(about: About, now: datetime) -> dict[str, Any]:
    """The fields that every event has."""
    return {
        "delivery_id": about.delivery_id,
        "incident_id": about.incident_id,
        "station_id": about.station_id,
        "path": about.path,
        "lane": about.lane,
        "drill": about.drill,
        "at": now,
    }
