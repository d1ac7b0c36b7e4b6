"""A unit's duty after an event."""

from dataclasses import replace
from typing import assert_never

from services.checkin.domain.events import (
    LEASE_EXPIRED,
    DutyEvent,
    MemberCheckedIn,
    MemberCheckedOut,
    UnitDutyChanged,
)
from services.checkin.domain.state import Duty, Facts, Lease, Manned, Unmanned, Unseen, UsedStep


def evolve(state: Duty, event: DutyEvent) -> Duty:
    """The state after `event`; accepts every event that was decided on `state`."""
    match event:
        case MemberCheckedIn():
            return _on_member_checked_in(state, event)
        case MemberCheckedOut():
            return _on_member_checked_out(state, event)
        case UnitDutyChanged():
            return _on_unit_duty_changed(state, event)
        case _:
            assert_never(event)


def _on_member_checked_in(state: Duty, event: MemberCheckedIn) -> Manned:
    # Its quorum follows in the UnitDutyChanged that ends every decision; until then the last known one holds.
    quorum = 1 if isinstance(state, Unseen) else state.facts.quorum
    others = state.leases if isinstance(state, Manned) else ()
    lease = Lease(event.member_id, event.post_id, event.until)
    return Manned(
        facts=Facts(event.unit_id, event.station_id, event.path, event.site_class, quorum),
        location=event.location,
        used_steps=_with_used_step(() if isinstance(state, Unseen) else state.used_steps, event),
        leases=tuple(sorted([*_without(others, event.member_id), lease], key=lambda lease: lease.member_id)),
    )


def _with_used_step(used_steps: tuple[UsedStep, ...], event: MemberCheckedIn) -> tuple[UsedStep, ...]:
    if event.code_step is None:
        return used_steps
    others = [u for u in used_steps if (u.member_id, u.post_id) != (event.member_id, event.post_id)]
    return (*others, UsedStep(event.member_id, event.post_id, event.code_step))


def _on_member_checked_out(state: Duty, event: MemberCheckedOut) -> Duty:
    if not isinstance(state, Manned):
        return state
    left = _without(state.leases, event.member_id)
    if left:
        return replace(state, leases=left)
    lapsed_at = event.at if event.reason == LEASE_EXPIRED else None
    return Unmanned(state.facts, state.location, state.used_steps, lapsed_at)


def _on_unit_duty_changed(state: Duty, event: UnitDutyChanged) -> Duty:
    if isinstance(state, Unseen):
        return state
    facts = Facts(event.unit_id, event.station_id, event.path, event.site_class, event.quorum)
    return replace(state, facts=facts, location=event.location)


def _without(leases: tuple[Lease, ...], member_id: str) -> tuple[Lease, ...]:
    return tuple(lease for lease in leases if lease.member_id != member_id)
