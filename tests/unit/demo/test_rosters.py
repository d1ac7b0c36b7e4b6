"""Rosters of the demo city: the same for the same city and day, of people of the unit, and nearly all of them come."""

from datetime import date, datetime, timedelta

import pytest

from deploy.local.demo.city import Manned, generate
from deploy.local.demo.rosters import ABSENT, ZONE, Turn, turn, turns, watch_at
from services.checkin.domain.roster import Shift, expected

CITY = generate(seed=5, units=400)
TODAY = date(2026, 3, 2)
TURNS = [(manned, turn) for manned in CITY.units for turn in turns(CITY.seed, manned, TODAY)]


def shifts_of(manned: Manned, day: date) -> list[Shift]:
    return [
        Shift(person.member_id, day.isoweekday(), each.from_hour * 60, each.to_hour % 24 * 60, each.post.post_id)
        for each in turns(CITY.seed, manned, day)
        for person in each.rostered
    ]


def test_the_same_seed_and_day_give_the_same_rosters() -> None:
    again = [(manned, turn) for manned in generate(5, 400).units for turn in turns(5, manned, TODAY)]
    assert again == TURNS


@pytest.mark.parametrize(("seed", "day"), [(6, TODAY), (5, TODAY + timedelta(days=1))])
def test_another_seed_or_day_gives_others(seed: int, day: date) -> None:
    assert [turn for _, turn in TURNS] != [turn for manned in CITY.units for turn in turns(seed, manned, day)]


@pytest.mark.parametrize(
    ("manned", "due"), TURNS[::7], ids=lambda one: one.unit.unit_id if isinstance(one, Manned) else ""
)
def test_who_is_rostered_is_of_the_unit_and_its_watch_and_enough(manned: Manned, due: Turn) -> None:
    assert {person.member_id for person in due.rostered} <= set(manned.unit.member_ids)
    assert {person.watch for person in due.rostered} == {due.watch}
    assert len(due.rostered) >= manned.unit.quorum
    assert due.post in manned.site.posts


def test_a_small_share_does_not_come_and_whose_phone_answers_always_does() -> None:
    others = sum(len(due.rostered) - 1 for _, due in TURNS)
    absent = sum(len(due.rostered) - len(due.comes) for _, due in TURNS)
    assert ABSENT / 2 < absent / others < ABSENT * 2
    assert all(due.comes[0] is due.rostered[0] and set(due.comes) <= set(due.rostered) for _, due in TURNS)
    assert any(len(due.comes) < manned.unit.quorum for manned, due in TURNS), "the board has nobody to show"


@pytest.mark.parametrize("hour", range(24))
def test_the_roster_expects_whom_the_demo_s_life_sends(hour: int) -> None:
    now = datetime(TODAY.year, TODAY.month, TODAY.day, hour, 30, tzinfo=ZONE)
    for manned in CITY.units[:60]:
        watch = watch_at(manned, now)
        sent = () if watch is None else turn(CITY.seed, manned, watch, TODAY).rostered
        assert expected(shifts_of(manned, TODAY), now).keys() == {person.member_id for person in sent}
