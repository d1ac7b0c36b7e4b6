"""Shifts, by table and against a week counted minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checkin.domain.roster import DAY_MIN, Shift, expected

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK_MIN = 7 * DAY_MIN


def at(day: int, clock: str) -> datetime:
    """A moment of the week that begins on MONDAY; day 1 is Monday."""
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=day - 1, hours=int(hours), minutes=int(minutes))


def shift(day: int, begins: str, ends: str) -> Shift:
    def minutes(clock: str) -> int:
        hours, rest = clock.split(":")
        return int(hours) * 60 + int(rest)

    return Shift("m-1", day, minutes(begins), minutes(ends), None)


@pytest.mark.parametrize(
    ("of", "now", "holds"),
    [
        (shift(1, "08:00", "20:00"), at(1, "08:00"), True),
        (shift(1, "08:00", "20:00"), at(1, "19:59"), True),
        (shift(1, "08:00", "20:00"), at(1, "20:00"), False),
        (shift(1, "08:00", "20:00"), at(1, "07:59"), False),
        (shift(1, "08:00", "20:00"), at(2, "08:00"), False),
        (shift(5, "20:00", "06:00"), at(5, "23:59"), True),
        (shift(5, "20:00", "06:00"), at(6, "05:59"), True),
        (shift(5, "20:00", "06:00"), at(6, "06:00"), False),
        (shift(5, "20:00", "06:00"), at(5, "05:00"), False),
        (shift(7, "20:00", "06:00"), at(1, "05:59"), True),
        (shift(7, "20:00", "06:00"), at(2, "05:59"), False),
        (shift(3, "00:00", "00:00"), at(3, "23:59"), True),
        (shift(3, "00:00", "00:00"), at(4, "00:00"), False),
        (shift(3, "08:00", "08:00"), at(4, "07:59"), True),
        (shift(3, "08:00", "08:00"), at(3, "07:59"), False),
    ],
)
def test_a_shift_holds_from_its_beginning_until_just_before_its_end(of: Shift, now: datetime, holds: bool) -> None:
    assert of.holds(now) is holds


def test_those_are_expected_whose_shift_holds_where_it_says() -> None:
    shifts = (Shift("a", 1, 480, 600, "p-1"), Shift("b", 1, 480, 600, None), Shift("c", 2, 480, 600, "p-1"))
    assert expected(shifts, at(1, "09:00")) == {"a": "p-1", "b": None}
    assert expected(shifts, at(3, "09:00")) == {}


minutes_of_a_day = st.integers(0, DAY_MIN - 1)


@given(st.integers(1, 7), minutes_of_a_day, minutes_of_a_day, st.integers(0, WEEK_MIN - 1), st.integers(0, 59))
def test_a_week_counted_minute_by_minute_says_the_same(
    weekday: int, begins: int, ends: int, minute: int, second: int
) -> None:
    first = (weekday - 1) * DAY_MIN + begins
    length = ends - begins if ends > begins else ends + DAY_MIN - begins
    held = {(first + step) % WEEK_MIN for step in range(length)}
    now = MONDAY + timedelta(minutes=minute, seconds=second)
    assert Shift("m-1", weekday, begins, ends, None).holds(now) is (minute in held)
