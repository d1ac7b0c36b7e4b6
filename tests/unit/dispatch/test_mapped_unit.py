"""A unit on the map: what it is shown as, by what is known of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.application.mapped_unit import FIELDS, MappedUnit, to_ms
from shared.contracts.base import Place
from shared.contracts.duty import MemberCheckedIn
from shared.vocabulary.terms import DutyState, SiteClass
from tests.builders.mapped_units import AT, a_fix, a_unit, duty_of

STATION = "/440100/440106/440106007"
NOW_MS = to_ms(AT)
SITE, THERE = (113.30, 23.10), (113.31, 23.11)


def registered(**changes: Any) -> MappedUnit:
    unit = MappedUnit("u1")
    unit.register(a_unit("u1", *SITE, path=STATION, **changes))
    return unit


def row(unit: MappedUnit, after_s: float = 0) -> dict[str, Any]:
    shown = unit.show(NOW_MS + int(after_s * 1000))
    assert shown is not None
    return dict(zip(FIELDS, json.loads(shown.text), strict=True))


def test_a_unit_of_which_nothing_else_is_known_is_off_duty_at_its_site() -> None:
    assert row(registered()) == {
        "unit_id": "u1",
        "name": "单元",
        "class": "B",
        "station_id": "440106007",
        "lon": 113.30,
        "lat": 23.10,
        "duty": "off",
        "members": 0,
        "quorum": 2,
        "seen_at": None,
        "busy": None,
    }


def test_who_is_not_registered_is_not_shown() -> None:
    unit = MappedUnit("u1")
    unit.change_duty(duty_of("u1", "m1"), 1)
    assert unit.show(NOW_MS) is None


@pytest.mark.parametrize(
    "name", ['<script>alert("1")</script>', "=cmd|' /C calc'!A0", "\u202eevil\u2028\nname\\", "单" * 200]
)
def test_any_name_is_text_on_one_line(name: str) -> None:
    unit = registered(name=name)
    assert row(unit)["name"] == name
    shown = unit.show(NOW_MS)
    assert shown is not None
    assert "\n" not in shown.text


@pytest.mark.parametrize(
    ("state", "members", "expected"),
    [
        (DutyState.ON, ("m1", "m2"), ("on", 2)),
        (DutyState.SHORT, ("m1",), ("short", 1)),
        (DutyState.OFF, (), ("off", 0)),
    ],
)
def test_duty_is_as_it_was_told_last(state: DutyState, members: tuple[str, ...], expected: tuple[str, int]) -> None:
    unit = registered()
    unit.change_duty(duty_of("u1", *members, state=state), 1)
    assert (row(unit)["duty"], row(unit)["members"]) == expected


def test_a_lease_that_has_ended_is_off_duty_though_nobody_has_said_so() -> None:
    unit = registered()
    unit.change_duty(duty_of("u1", "m1", "m2", until=AT + timedelta(seconds=60)), 1)
    assert row(unit, 59.9)["duty"] == "on"
    assert (row(unit, 60)["duty"], row(unit, 60)["members"]) == ("off", 0)


def test_an_older_word_on_duty_changes_nothing() -> None:
    unit = registered()
    unit.change_duty(duty_of("u1", "m1", "m2"), 4)
    unit.change_duty(duty_of("u1"), 4)
    assert row(unit)["duty"] == "on"


def test_it_is_where_somebody_on_duty_was_last() -> None:
    unit = registered()
    unit.change_duty(duty_of("u1", "m1"), 1)
    later = AT + timedelta(seconds=9.7)
    assert not unit.see(a_fix("u1", "stranger", *THERE, at=later))
    assert unit.see(a_fix("u1", "m1", *THERE, at=later))
    assert not unit.see(a_fix("u1", "m1", *SITE, at=AT))
    assert (row(unit)["lon"], row(unit)["lat"], row(unit)["seen_at"]) == (*THERE, int(later.timestamp()))


def test_the_place_of_a_check_in_is_a_position_and_that_of_the_last_one_where_there_is_no_other() -> None:
    unit = registered()
    unit.change_duty(duty_of("u1", "m1", location=Place(lon=THERE[0], lat=THERE[1])), 1)
    assert row(unit)["lon"] == THERE[0]
    event = MemberCheckedIn(
        unit_id="u1",
        station_id="440106007",
        path=STATION,
        site_class=SiteClass.B,
        member_id="m2",
        post_id="post",
        location=Place(lon=1, lat=2),
        accuracy_m=5,
        code_step=1,
        at=AT + timedelta(seconds=1),
        until=AT + timedelta(hours=1),
        renewed=False,
    )
    unit.check_in(event)
    unit.change_duty(duty_of("u1", "m1", "m2", location=Place(lon=THERE[0], lat=THERE[1])), 2)
    assert (row(unit)["lon"], row(unit)["lat"]) == (1, 2)


def test_what_keeps_a_unit_busy() -> None:
    unit = registered()
    unit.rests_until_ms = NOW_MS + 1000
    assert (row(unit)["busy"], row(unit, 1)["busy"]) == ("resting", None)
    unit.orders.add("o1")
    assert row(unit)["busy"] == "ordered"
    unit.register(a_unit("u1", *SITE, path=STATION, suspended=True))
    assert row(unit)["busy"] == "suspended"


def test_a_deleted_unit_that_comes_back_begins_anew() -> None:
    unit = registered()
    unit.change_duty(duty_of("u1", "m1", location=Place(lon=1, lat=1)), 7)
    unit.delete()
    assert unit.show(NOW_MS) is None
    unit.register(a_unit("u1", *SITE, path=STATION))
    assert (row(unit)["duty"], row(unit)["lon"]) == ("off", SITE[0])
    unit.change_duty(duty_of("u1", "m1"), 1)
    assert row(unit)["duty"] == "on"
