"""Who may go on duty, who may leave, and whose duty has lapsed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict, assert_never

from services.checkin.domain.commands import CheckIn, CheckOut, DutyCommand
from services.checkin.domain.events import (
    LEASE_EXPIRED,
    DutyEvent,
    MemberCheckedIn,
    MemberCheckedOut,
    UnitDutyChanged,
)
from services.checkin.domain.state import Duty, Facts, Lease, Manned, Unseen, standing_of
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import SiteClass

SCAN_GOOD_FOR = timedelta(minutes=10)
"""A scan that waited longer for its decision (a queue, an outage) says nothing of who is there now."""

NOT_ON_DUTY = Refused("not-on-duty", "this member is not on duty in this unit")

Decision = Accepted[DutyEvent] | Refused


def decide(state: Duty, command: DutyCommand, now: datetime) -> Decision:
    """The decision on a command whose record carries the time `now`."""
    match command:
        case CheckIn():
            return _check_in(state, command, now)
        case CheckOut():
            return _check_out(state, command, now)
        case TimePassed():
            return _time_passed(state, now)
        case _:
            assert_never(command)


def _check_in(state: Duty, command: CheckIn, now: datetime) -> Decision:
    if command.scanned_at < now - SCAN_GOOD_FOR:
        return Refused("code-expired", f"scanned at {command.scanned_at.isoformat()}, more than 10 minutes ago")
    if _is_replayed(state, command):
        return Refused("code-replayed", "this member has used this code, or a later one, at this post")
    facts = Facts(command.unit_id, command.station_id, command.path, command.site_class, command.quorum)
    present, lapsed = _split(state, now)
    before = next((lease for lease in present if lease.member_id == command.member_id), None)
    until = now + timedelta(seconds=command.lease_s)
    if before is not None:
        until = max(until, before.until)
    others = [lease for lease in present if lease is not before]
    entered = MemberCheckedIn(
        **_of(facts),
        member_id=command.member_id,
        post_id=command.post_id,
        location=command.location,
        accuracy_m=command.accuracy_m,
        code_step=command.code_step,
        at=now,
        until=until,
        renewed=before is not None,
    )
    leases = [*others, Lease(command.member_id, command.post_id, until)]
    return Accepted((*_lapses(facts, lapsed, now), entered, _changed(facts, leases, command.location, now)))


def _check_out(state: Duty, command: CheckOut, now: datetime) -> Decision:
    present, lapsed = _split(state, now)
    others = [lease for lease in present if lease.member_id != command.member_id]
    if not isinstance(state, Manned) or len(others) == len(present):
        return NOT_ON_DUTY
    left = MemberCheckedOut(**_of(state.facts), member_id=command.member_id, at=now, reason="left")
    changed = _changed(state.facts, others, state.location, now)
    return Accepted((*_lapses(state.facts, lapsed, now), left, changed))


def _time_passed(state: Duty, now: datetime) -> Decision:
    present, lapsed = _split(state, now)
    if not isinstance(state, Manned) or not lapsed:
        return Accepted(())
    return Accepted((*_lapses(state.facts, lapsed, now), _changed(state.facts, present, state.location, now)))


def _is_replayed(state: Duty, command: CheckIn) -> bool:
    if command.code_step is None or isinstance(state, Unseen):
        return False
    return any(
        used.member_id == command.member_id and used.post_id == command.post_id and command.code_step <= used.step
        for used in state.used_steps
    )


class _Unit(TypedDict):
    unit_id: str
    station_id: str
    path: str
    site_class: SiteClass


def _of(facts: Facts) -> _Unit:
    return {
        "unit_id": facts.unit_id,
        "station_id": facts.station_id,
        "path": facts.path,
        "site_class": facts.site_class,
    }


def _split(state: Duty, now: datetime) -> tuple[tuple[Lease, ...], tuple[Lease, ...]]:
    """Who is on duty at `now`, and whose lease ended without a tick having said so yet."""
    leases = state.leases if isinstance(state, Manned) else ()
    return tuple(x for x in leases if x.until > now), tuple(x for x in leases if x.until <= now)


def _lapses(facts: Facts, lapsed: Iterable[Lease], now: datetime) -> Iterable[MemberCheckedOut]:
    return (MemberCheckedOut(**_of(facts), member_id=lease.member_id, at=now, reason=LEASE_EXPIRED) for lease in lapsed)


def _changed(facts: Facts, leases: Iterable[Lease], location: Point | None, now: datetime) -> UnitDutyChanged:
    comes_to = standing_of(tuple(leases), facts.quorum)
    return UnitDutyChanged(
        **_of(facts),
        state=comes_to.state,
        on_duty=tuple(sorted(lease.member_id for lease in comes_to.leases)),
        quorum=facts.quorum,
        location=location,
        at=now,
        until=comes_to.until,
    )
