from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.window import Window

GUANGZHOU = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
windows = st.tuples(moments, st.timedeltas(timedelta(0), timedelta(days=20))).map(lambda w: Window(w[0], w[0] + w[1]))
zones = st.sampled_from([GUANGZHOU, ZoneInfo("UTC"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ((0, 4), (1, 2), (1, 2)),
        ((0, 4), (2, 6), (2, 4)),
        ((0, 4), (4, 6), None),
        ((0, 4), (5, 6), None),
        ((0, 4), (0, 4), (0, 4)),
        ((0, 0), (0, 4), None),
    ],
)
def test_an_overlap_is_what_both_have(
    one: tuple[int, int], other: tuple[int, int], both: tuple[int, int] | None
) -> None:
    a, b = (Window(at(start), at(end)) for start, end in (one, other))
    expected = None if both is None else Window(at(both[0]), at(both[1]))
    assert a.overlap(b) == b.overlap(a) == expected


@pytest.mark.parametrize(("hours", "inside"), [(-0.1, False), (0, True), (3.9, True), (4, False)])
def test_the_start_is_inside_and_the_end_is_not(hours: float, inside: bool) -> None:
    assert (at(hours) in Window(at(0), at(4))) is inside


@pytest.mark.parametrize(("now", "left"), [(-1, (0, 0)), (1, (0, 1)), (9, (0, 4))])
def test_nothing_after_now_is_known(now: int, left: tuple[int, int]) -> None:
    assert Window(at(0), at(4)).until(at(now)) == Window(at(left[0]), at(left[1]))


def test_a_window_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Window(at(1), at(0))


def test_days_begin_at_midnight_of_the_zone() -> None:
    window = Window(datetime(2026, 3, 1, 15, tzinfo=UTC), datetime(2026, 3, 2, 17, tzinfo=UTC))
    assert [(day, part.seconds / 3600) for day, part in window.days(GUANGZHOU)] == [
        (date(2026, 3, 1), 1),
        (date(2026, 3, 2), 24),
        (date(2026, 3, 3), 1),
    ]


def test_a_day_that_loses_an_hour_has_23() -> None:
    new_york = ZoneInfo("America/New_York")
    window = Window(datetime(2026, 3, 8, tzinfo=new_york), datetime(2026, 3, 9, tzinfo=new_york))
    assert [
        part.seconds / 3600
        for _, part in Window(window.start.astimezone(UTC), window.end.astimezone(UTC)).days(new_york)
    ] == [23]


@given(windows, zones)
def test_days_are_all_of_the_window_and_nothing_twice(window: Window, zone: ZoneInfo) -> None:
    days = list(window.days(zone))
    assert sum(part.seconds for _, part in days) == pytest.approx(window.seconds)
    for (day, part), (next_day, next_part) in pairwise(days):
        assert part.end == next_part.start
        assert next_day == day + timedelta(days=1)
    for day, part in days:
        assert part.start.astimezone(zone).date() == day


@given(windows, windows)
def test_an_overlap_lies_in_both(one: Window, other: Window) -> None:
    both = one.overlap(other)
    if both is not None:
        assert both.seconds <= min(one.seconds, other.seconds)
        assert both.start in one
        assert both.start in other
