"""Duty by table: who goes on, who leaves, whose lease lapses, and what the unit comes to."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.checkin.adapters.duty_ledger import duty_codec
from services.checkin.domain.commands import CheckIn, CheckOut, DutyCommand
from services.checkin.domain.decide import decide
from services.checkin.domain.events import DutyEvent, MemberCheckedIn, MemberCheckedOut, UnitDutyChanged
from services.checkin.domain.evolve import evolve
from services.checkin.domain.state import Duty, Manned, Unmanned, Unseen, next_lapse, standing
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import DutyState, SiteClass

T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def check_in(member: str, at: datetime = T0, step: int | None = None, quorum: int = 2, lease_s: int = 3600) -> CheckIn:
    return CheckIn(
        unit_id="u1",
        member_id=member,
        post_id="p1",
        station_id="440106007",
        path="/440100/440106/440106007",
        site_class=SiteClass.B,
        quorum=quorum,
        location=Point(113.32, 23.13),
        accuracy_m=12,
        code_step=step,
        scanned_at=at,
        lease_s=lease_s,
    )


def after(state: Duty, command: DutyCommand, now: datetime) -> tuple[Duty, tuple[DutyEvent, ...]]:
    decision = decide(state, command, now)
    assert isinstance(decision, Accepted), decision
    for event in decision.events:
        state = evolve(state, event)
    return state, decision.events


def on_duty(*members: str, quorum: int = 2) -> Duty:
    state: Duty = Unseen()
    for minute, member in enumerate(members):
        now = T0 + timedelta(minutes=minute)
        state, _ = after(state, check_in(member, now, quorum=quorum), now)
    return state


def changed(events: tuple[DutyEvent, ...]) -> UnitDutyChanged:
    (found,) = (event for event in events if isinstance(event, UnitDutyChanged))
    assert events[-1] is found
    return found


def test_a_check_in_puts_its_member_on_duty_until_the_lease_ends() -> None:
    state, events = after(Unseen(), check_in("m1"), T0)
    entered = events[0]
    assert isinstance(entered, MemberCheckedIn)
    assert (entered.member_id, entered.until, entered.renewed) == ("m1", T0 + HOUR, False)
    assert changed(events).on_duty == ("m1",)
    assert next_lapse(state) == T0 + HOUR


@pytest.mark.parametrize(
    ("members", "quorum", "expected", "until"),
    [
        ((), 2, DutyState.OFF, None),
        (("a",), 2, DutyState.SHORT, HOUR),
        (("a", "b"), 3, DutyState.SHORT, HOUR + timedelta(minutes=1)),
        (("a", "b"), 2, DutyState.ON, HOUR),
        (("a", "b", "c"), 2, DutyState.ON, HOUR + timedelta(minutes=1)),
        (("a", "b", "c"), 1, DutyState.ON, HOUR + timedelta(minutes=2)),
    ],
)
def test_a_unit_stands_as_its_quorum_says_until_it_would_fall_below(
    members: tuple[str, ...], quorum: int, expected: DutyState, until: timedelta | None
) -> None:
    found = standing(on_duty(*members, quorum=quorum))
    assert found.state is expected
    assert found.until == (None if until is None else T0 + until)


def test_checking_in_again_extends_the_lease_and_says_so() -> None:
    later = T0 + HOUR / 2
    state, events = after(on_duty("m1"), check_in("m1", later), later)
    assert isinstance(events[0], MemberCheckedIn)
    assert events[0].renewed
    assert next_lapse(state) == later + HOUR


def test_checking_in_again_never_shortens_a_lease() -> None:
    later = T0 + timedelta(minutes=1)
    state, _ = after(on_duty("m1"), check_in("m1", later, lease_s=60), later)
    assert next_lapse(state) == T0 + HOUR


@pytest.mark.parametrize(("step", "code"), [(99, "code-replayed"), (100, "code-replayed"), (101, None)])
def test_a_member_uses_a_code_of_a_post_only_once_and_never_an_earlier_one(step: int, code: str | None) -> None:
    state, _ = after(Unseen(), check_in("m1", step=100), T0)
    decision = decide(state, check_in("m1", step=step), T0)
    assert (decision.code if isinstance(decision, Refused) else None) == code


@pytest.mark.parametrize("change", [{"member_id": "m2"}, {"post_id": "p2"}, {"code_step": None}])
def test_a_code_is_only_used_up_for_its_member_and_post(change: dict[str, str | None]) -> None:
    state, _ = after(Unseen(), check_in("m1", step=100), T0)
    assert isinstance(decide(state, replace(check_in("m1", step=100), **change), T0), Accepted)


def test_a_used_code_stays_used_after_its_member_has_left() -> None:
    state, _ = after(Unseen(), check_in("m1", step=100), T0)
    state, _ = after(state, CheckOut("u1", "m1"), T0)
    assert isinstance(state, Unmanned)
    assert isinstance(decide(state, check_in("m1", step=100), T0), Refused)


@pytest.mark.parametrize(("waited_s", "accepted"), [(0, True), (600, True), (600.001, False), (-5, True)])
def test_a_scan_that_waited_more_than_ten_minutes_no_longer_counts(waited_s: float, accepted: bool) -> None:
    decision = decide(Unseen(), check_in("m1", T0), T0 + timedelta(seconds=waited_s))
    assert isinstance(decision, Accepted) is accepted
    if isinstance(decision, Refused):
        assert decision.code == "code-expired"


def test_leaving_ends_duty_at_once() -> None:
    state, events = after(on_duty("m1", "m2"), CheckOut("u1", "m1"), T0 + HOUR / 2)
    assert isinstance(events[0], MemberCheckedOut)
    assert events[0].reason == "left"
    assert changed(events).state is DutyState.SHORT
    assert changed(events).on_duty == ("m2",)
    assert standing(state).state is DutyState.SHORT


@pytest.mark.parametrize("state", [Unseen(), on_duty("m1"), after(on_duty("m2"), CheckOut("u1", "m2"), T0)[0]])
def test_only_somebody_on_duty_can_leave(state: Duty) -> None:
    decision = decide(state, CheckOut("u1", "m2"), T0)
    assert isinstance(decision, Refused)
    assert decision.code == "not-on-duty"


def test_somebody_whose_lease_is_over_can_not_leave_before_the_tick_either() -> None:
    assert isinstance(decide(on_duty("m1"), CheckOut("u1", "m1"), T0 + HOUR), Refused)


def test_time_ends_every_lease_that_is_over_and_changes_the_unit_once() -> None:
    state, events = after(on_duty("a", "b", "c"), TimePassed(), T0 + HOUR + timedelta(minutes=1))
    assert [(e.member_id, e.reason) for e in events if isinstance(e, MemberCheckedOut)] == [
        ("a", "lease-expired"),
        ("b", "lease-expired"),
    ]
    assert changed(events).on_duty == ("c",)
    assert isinstance(state, Manned)


def test_time_alone_changes_nothing_while_every_lease_holds() -> None:
    assert decide(on_duty("m1"), TimePassed(), T0 + HOUR - timedelta(microseconds=1)) == Accepted(())


def test_a_lapse_keeps_the_registry_facts_of_the_last_check_in() -> None:
    _, events = after(on_duty("m1"), TimePassed(), T0 + HOUR)
    fallen = changed(events)
    assert (fallen.state, fallen.until, fallen.quorum) == (DutyState.OFF, None, 2)
    assert (fallen.station_id, fallen.path) == ("440106007", "/440100/440106/440106007")
    assert (fallen.site_class, fallen.location) == (SiteClass.B, Point(113.32, 23.13))


def test_a_unit_that_is_off_tells_whether_its_last_lease_ran_out_or_somebody_left() -> None:
    lapsed, _ = after(on_duty("m1"), TimePassed(), T0 + HOUR)
    assert standing(lapsed).lapsed_at == T0 + HOUR
    left, _ = after(on_duty("m1"), CheckOut("u1", "m1"), T0 + HOUR / 2)
    assert standing(left).lapsed_at is None
    back, _ = after(lapsed, check_in("m1", T0 + 2 * HOUR), T0 + 2 * HOUR)
    assert standing(back).lapsed_at is None
    assert standing(Unseen()).lapsed_at is None


def test_a_state_that_an_earlier_release_stored_is_read() -> None:
    left, _ = after(on_duty("m1"), CheckOut("u1", "m1"), T0)
    stored = json.loads(duty_codec.dump_json(left))
    del stored["lapsed_at"]
    assert duty_codec.validate_json(json.dumps(stored)) == left


def test_a_check_in_after_the_lease_ended_is_no_renewal_even_before_the_tick() -> None:
    now = T0 + HOUR
    _, events = after(on_duty("m1"), check_in("m1", now), now)
    assert [type(event) for event in events] == [MemberCheckedOut, MemberCheckedIn, UnitDutyChanged]
    assert isinstance(events[1], MemberCheckedIn)
    assert not events[1].renewed


def test_a_new_quorum_counts_from_the_next_check_in() -> None:
    state = on_duty("a", "b", quorum=2)
    later = T0 + timedelta(minutes=5)
    state, _ = after(state, check_in("a", later, quorum=3), later)
    assert standing(state).state is DutyState.SHORT
