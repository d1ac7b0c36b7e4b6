"""The duty board: what is counted, what is shown, and why a unit cannot be sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.checkin.application.directory import Directory
from services.checkin.application.duty_board import (
    MISSING_SHOWN,
    SHORTFALLS_SHOWN,
    Board,
    Why,
    duty_board,
)
from services.checkin.application.ports import Publication, Registry
from services.checkin.domain.roster import Shift
from services.checkin.domain.state import Lease, Standing, standing_of
from shared.contracts.base import Place
from shared.contracts.registry import Post, Site, Station, Unit
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import DutyState, SiteClass

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PLACE = Place(lon=113.3, lat=23.1)
CITY, DISTRICT = "/440100", "/440100/440106"
OFF = Standing(DutyState.OFF, None, ())


def station(number: int) -> Station:
    code = f"440106{number:03}"
    return Station(
        station_id=code, name=f"{number}所", level=StationLevel.STATION, path=f"{DISTRICT}/{code}", location=PLACE
    )


def unit(number: int, at: int = 1, members: Sequence[str] = (), site_class: SiteClass = SiteClass.B) -> Unit:
    home = station(at)
    return Unit(
        unit_id=f"u-{number:04}",
        name=f"{number}单元",
        site_id="s-1",
        station_id=home.station_id,
        path=home.path,
        site_class=site_class,
        location=PLACE,
        quorum=2,
        member_ids=tuple(members),
    )


def on(*members: str, quorum: int = 2) -> Standing:
    return standing_of(tuple(Lease(member, "p-1", NOW + timedelta(hours=1)) for member in members), quorum)


class Book:
    def __init__(self, standings: Mapping[str, Standing]) -> None:
        self._standings = standings

    async def standings(self, unit_ids: Sequence[str]) -> Mapping[str, Standing]:
        return {unit_id: self._standings.get(unit_id, OFF) for unit_id in unit_ids}


class Names:
    """Everybody is called after their code; who was looked at is remembered."""

    def __init__(self, rosters: Mapping[str, tuple[Shift, ...]] | None = None) -> None:
        self.opened: set[str] = set()
        self._rosters = rosters or {}

    async def rosters_of(self, unit_codes: Collection[str]) -> Mapping[str, tuple[Shift, ...]]:
        return {code: shifts for code, shifts in self._rosters.items() if code in unit_codes}

    async def names_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        self.opened |= set(member_codes)
        return {code: f"王{code}" for code in member_codes if code != "gone"}


async def board(
    units: Sequence[Unit], standings: Mapping[str, Standing], subtree: str = CITY, names: Names | None = None
) -> Board:
    directory = Directory()
    states = [("station", station(n).station_id, station(n)) for n in (1, 2)]
    district = Station(station_id="440106", name="分局", level=StationLevel.DISTRICT, path=DISTRICT, location=PLACE)
    site = Site(
        site_id="s-1",
        name="场所",
        site_class=SiteClass.B,
        station_id="440106001",
        path=station(1).path,
        location=PLACE,
        geofence_radius_m=100,
        posts=(Post(post_id="p-1", name="东门", location=PLACE),),
    )
    for kind, id_, state in [
        *states,
        ("station", "440106", district),
        ("site", "s-1", site),
        *(("unit", each.unit_id, each) for each in units),
    ]:
        directory.apply(Publication(kind, id_, 1, state))  # type: ignore[arg-type]
    return await duty_board(subtree, NOW, directory, Book(standings), cast("Registry", names or Names()))


async def test_each_station_has_its_units_by_duty_and_its_people() -> None:
    units = [unit(1), unit(2), unit(3), unit(4, at=2)]
    found = await board(units, {"u-0001": on("a", "b"), "u-0002": on("c")})
    figures = [(s.station.station_id, s.units, s.on, s.short, s.off, s.people_on) for s in found.stations]
    assert figures == [("440106001", 3, 1, 1, 1, 3), ("440106002", 1, 0, 0, 1, 0)]
    assert found.shortfalls_total == 3
    assert [[each.unit.unit_id for each in s.shortfalls] for s in found.stations] == [["u-0003", "u-0002"], ["u-0004"]]


async def test_a_station_sees_only_itself() -> None:
    found = await board([unit(1), unit(2, at=2)], {}, subtree=station(2).path)
    assert [s.station.station_id for s in found.stations] == ["440106002"]
    assert found.shortfalls_total == 1


async def test_who_is_there_and_who_is_missing_are_named_but_for_their_given_names() -> None:
    found = await board([unit(1, members=["a", "b", "c"])], {"u-0001": on("b", quorum=2)})
    (shortfall,) = found.stations[0].shortfalls
    (there,) = shortfall.on_duty
    assert (there.member_id, there.name, there.post_name) == ("b", "王*", "东门")
    assert there.until == NOW + timedelta(hours=1)
    assert [(m.member_id, m.name) for m in shortfall.missing] == [("a", "王*"), ("c", "王*")]


async def test_of_a_unit_with_a_roster_only_those_are_missing_whom_it_expects_now() -> None:
    sunday_morning = [Shift(member, 7, 7 * 60, 12 * 60, "p-1") for member in ("a", "b", "stranger")]
    names = Names({"u-0001": (*sunday_morning, Shift("c", 1, 7 * 60, 12 * 60, None)), "u-0002": ()})
    units = [unit(number, members=["a", "b", "c"]) for number in (1, 2, 3)]
    found = await board(units, {"u-0001": on("b")}, names=names)
    told = {each.unit.unit_id: each for each in found.stations[0].shortfalls}
    assert [(each.member_id, each.post_id, each.post_name) for each in told["u-0001"].missing] == [("a", "p-1", "东门")]
    assert (told["u-0002"].rostered, told["u-0002"].missing_total) == (True, 0)
    assert [each.member_id for each in told["u-0003"].missing] == ["a", "b", "c"]
    assert [told[code].rostered for code in ("u-0001", "u-0003")] == [True, False]


async def test_somebody_on_duty_who_is_registered_no_more_has_no_name() -> None:
    found = await board([unit(1)], {"u-0001": on("gone")})
    assert found.stations[0].shortfalls[0].on_duty[0].name == ""


@pytest.mark.parametrize(
    ("standing", "suspended", "why"),
    [
        (OFF, False, Why.NOBODY),
        (Standing(DutyState.OFF, None, (), NOW - timedelta(minutes=30)), False, Why.LEASE_ENDED),
        (Standing(DutyState.OFF, None, (), NOW - timedelta(minutes=30, seconds=1)), False, Why.NOBODY),
        (on("a"), False, Why.BELOW_QUORUM),
        (OFF, True, Why.SUSPENDED),
        (on("a"), True, Why.SUSPENDED),
    ],
)
async def test_a_shortfall_says_why(standing: Standing, suspended: bool, why: Why) -> None:
    found = await board([unit(1).model_copy(update={"suspended": suspended})], {"u-0001": standing})
    assert found.stations[0].shortfalls[0].why is why


async def test_the_gravest_are_shown_first_and_names_are_opened_for_the_shown_only() -> None:
    names = Names()
    units = [unit(n, members=[f"m-{n}"], site_class=SiteClass.C) for n in range(SHORTFALLS_SHOWN)]
    grave = unit(9000, at=2, members=["m-grave"], site_class=SiteClass.A)
    known = unit(9001, members=["m-known"], site_class=SiteClass.A).model_copy(update={"suspended": True})
    found = await board([*units, grave, known], {}, names=names)
    shown = [each.unit.unit_id for s in found.stations for each in s.shortfalls]
    assert len(shown) == SHORTFALLS_SHOWN
    assert found.shortfalls_total == SHORTFALLS_SHOWN + 2
    assert grave.unit_id in shown
    assert known.unit_id not in shown
    assert names.opened == {"m-grave", *(f"m-{n}" for n in range(SHORTFALLS_SHOWN - 1))}


async def test_of_a_crowd_only_so_many_are_named_and_all_are_counted() -> None:
    names = Names()
    crowd = [f"m-{n:03}" for n in range(MISSING_SHOWN + 7)]
    found = await board([unit(1, members=crowd)], {}, names=names)
    (shortfall,) = found.stations[0].shortfalls
    assert [each.member_id for each in shortfall.missing] == crowd[:MISSING_SHOWN]
    assert shortfall.missing_total == MISSING_SHOWN + 7
    assert names.opened == set(crowd[:MISSING_SHOWN])


members = st.sets(st.sampled_from("abcd"))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(members, members, st.integers(1, 2)), max_size=8))
async def test_every_unit_is_counted_once_and_every_shortfall_is_told(
    city: list[tuple[set[str], set[str], int]],
) -> None:
    """`city`: of each unit its members, who is on duty, and its station."""
    units = [unit(n, at, sorted(crew)) for n, (crew, _, at) in enumerate(city)]
    standings = {f"u-{n:04}": on(*sorted(there)) for n, (_, there, _) in enumerate(city)}
    found = await board(units, standings)
    assert sum(s.units for s in found.stations) == len(city)
    assert all(s.units == s.on + s.short + s.off for s in found.stations)
    told = {each.unit.unit_id: each for s in found.stations for each in s.shortfalls}
    assert set(told) == {f"u-{n:04}" for n, (_, there, _) in enumerate(city) if len(there) < 2}
    for n, (crew, there, _) in enumerate(city):
        if shortfall := told.get(f"u-{n:04}"):
            assert {each.member_id for each in shortfall.on_duty} == there
            assert {each.member_id for each in shortfall.missing} == crew - there
