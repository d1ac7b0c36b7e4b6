"""The generated city: the same for the same seed, valid by the contracts, and of nobody real."""

import re
import time
from collections import Counter
from itertools import pairwise

import pytest

from deploy.local.demo.city import NAMED_UNITS, City, generate
from deploy.local.demo.districts import DISTRICTS
from deploy.local.demo.people import Person, check_character
from deploy.local.demo.places import NAMED_PLACES
from shared.contracts.base import Place
from shared.contracts.registry import Channel, Member
from shared.vocabulary.geography import Geofence, Point, distance_m
from shared.vocabulary.organisation import is_gbt2260, is_path, within
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass


@pytest.fixture(scope="module")
def city() -> City:
    return generate(seed=1, units=2300)


def everybody(city: City) -> list[Person]:
    return [*city.officers, *(person for manned in city.units for person in manned.people)]


def point(place: Place) -> Point:
    return Point(place.lon, place.lat)


def test_one_seed_gives_one_city(city: City) -> None:
    assert generate(1, 2300) == city


def test_another_seed_gives_another_city_on_the_same_tree(city: City) -> None:
    other = generate(2, 2300)
    assert other.stations == city.stations
    assert [m.unit.location for m in other.units] != [m.unit.location for m in city.units]


@pytest.mark.parametrize("units", [NAMED_UNITS, NAMED_UNITS + 1, 60, 2300])
def test_it_has_as_many_units_as_asked_for(units: int) -> None:
    assert len(generate(7, units).units) == units


def test_a_city_too_small_for_the_scenarios_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        generate(1, NAMED_UNITS - 1)


def test_all_eleven_districts_are_there_with_their_codes(city: City) -> None:
    codes = [
        "440103",
        "440104",
        "440105",
        "440106",
        "440111",
        "440112",
        "440113",
        "440114",
        "440115",
        "440117",
        "440118",
    ]
    assert [district.code for district in DISTRICTS] == codes
    assert all(is_gbt2260(code) for code in codes)
    assert {manned.unit.path.split("/")[2] for manned in city.units} == set(codes)


def test_every_path_leads_through_the_tree(city: City) -> None:
    for station in city.stations:
        assert is_path(station.path)
        assert station.path.endswith(f"/{station.station_id}")
        if station.parent_id is not None:
            assert within(station.path, city.station_by_id[station.parent_id].path)
    for person in everybody(city):
        assert person.path == city.station_by_id[person.station_id].path


def test_ids_are_unique(city: City) -> None:
    kinds = [
        [station.station_id for station in city.stations],
        [site.site_id for site in city.sites],
        [post.post_id for site in city.sites for post in site.posts],
        [manned.unit.unit_id for manned in city.units],
        [piece.equipment_id for manned in city.units for piece in manned.unit.equipment],
        [person.member_id for person in everybody(city)],
        [person.phone for person in everybody(city)],
    ]
    for ids in kinds:
        assert Counter(ids).most_common(1)[0][1] == 1


def test_units_fit_their_sites_and_people(city: City) -> None:
    for manned in city.units:
        unit, site = manned.unit, manned.site
        assert (unit.site_id, unit.path, unit.site_class) == (site.site_id, site.path, site.site_class)
        assert unit.member_ids == tuple(person.member_id for person in manned.people)
        assert [person.role for person in manned.people].count(Role.LEADER) == 1
        assert unit.leader_id in unit.member_ids
        for watch in range(manned.watches):
            assert sum(person.watch == watch for person in manned.people) >= unit.quorum


def test_posts_lie_inside_their_sites_fence(city: City) -> None:
    for site in city.sites:
        fence = Geofence(point(site.location), site.geofence_radius_m)
        assert all(fence.admits(point(post.location), 0) for post in site.posts)


def test_sites_lie_near_their_district(city: City) -> None:
    for site in city.sites:
        assert distance_m(point(site.location), point(city.station_by_id[site.station_id].location)) < 12_000


def test_every_person_is_a_member_by_the_contract(city: City) -> None:
    for person in everybody(city)[::7]:
        Member(
            member_id=person.member_id,
            unit_id=person.unit_id,
            station_id=person.station_id,
            path=person.path,
            role=person.role,
            name=person.name,
            channels=(Channel(kind=ChannelKind.SMS, address=person.phone),),
        )


def test_nobody_can_be_real(city: City) -> None:
    for person in everybody(city):
        assert re.fullmatch(r"1000\d{7}", person.phone), "mobile numbers begin with 13 to 19"
        assert re.fullmatch(r"4401\d\d18[5-8]\d{5}\d{3}[\dX]", person.id_number)
        assert check_character(person.id_number[:17]) == person.id_number[17]


def test_the_check_character_is_that_of_the_standards_example() -> None:
    assert check_character("11010519491231002") == "X"  # GB 11643-1999, 4.1


def test_about_one_member_in_ten_is_told_by_sms_first(city: City) -> None:
    members = [person for manned in city.units for person in manned.people]
    by_sms = [person for person in members if person.channels == (ChannelKind.SMS, ChannelKind.INBOX)]
    assert 0.07 < len(by_sms) / len(members) < 0.12
    assert [person for person in everybody(city) if person.channels and person not in by_sms] == []


def test_whose_phone_answers_in_the_scenarios_or_for_a_unit_is_told_as_everybody_is(city: City) -> None:
    named = {f"s-{place.key}" for place in NAMED_PLACES}
    answering = [
        person
        for manned in city.units
        for person in (manned.people if manned.site.site_id in named else manned.people[: manned.watches])
    ]
    assert [person for person in (*answering, *city.officers) if person.channels] == []


def test_equipment_was_inspected_and_has_not_expired(city: City) -> None:
    for manned in city.units:
        for piece in manned.unit.equipment:
            assert piece.inspected_on is not None
            assert piece.expires_on is None or piece.expires_on > piece.inspected_on


def test_all_four_site_classes_occur_by_risk(city: City) -> None:
    counts = Counter(site.site_class for site in city.sites)
    assert set(counts) == set(SiteClass)
    assert counts[SiteClass.A] < counts[SiteClass.B]


METRO_NEAR = {  # lon, lat of the metro station that serves it, from a published list in BD-09, converted
    "tianhe-sports": (113.3230, 23.1379),
    "chebei-plaza": (113.3904, 23.1270),
    "buynow": (113.3347, 23.1377),
    "wenchong": (113.4636, 23.1064),
}


@pytest.mark.parametrize("key", METRO_NEAR)
def test_places_of_the_scenarios_lie_at_their_metro_stations(key: str) -> None:
    place = next(place for place in NAMED_PLACES if place.key == key)
    assert distance_m(Point(place.lon, place.lat), Point(*METRO_NEAR[key])) < 500


def test_the_scenarios_units_are_equipped_as_the_facts_say() -> None:
    city = generate(3, NAMED_UNITS)

    def kinds(unit_id: str) -> set[EquipmentKind]:
        return {piece.kind for piece in city.unit_by_id[unit_id].unit.equipment}

    sports = [m for m in city.units if m.site.site_id == "s-tianhe-sports"]
    assert [(m.watches, len(m.people)) for m in sports] == [(3, 9)] * 4, "four units of three, 24 hours"
    assert {EquipmentKind.SHIELD, EquipmentKind.FORK} <= kinds("u-chebei-plaza")
    assert not {EquipmentKind.SHIELD, EquipmentKind.FORK} & kinds("u-chebei-shops")
    assert EquipmentKind.STRETCHER in kinds("u-buynow")


def test_neighbours_of_the_scenarios_are_neighbours() -> None:
    places = {place.key: Point(place.lon, place.lat) for place in NAMED_PLACES}
    for near in (("tianhe-sports", "grandview"), ("chebei-plaza", "chebei-shops"), ("chebei-plaza", "chebei-village")):
        for a, b in pairwise(near):
            assert 50 < distance_m(places[a], places[b]) < 1000


def test_the_whole_city_of_23000_units_takes_seconds() -> None:
    began = time.process_time()
    city = generate(1, 23_000)
    assert time.process_time() - began < 20
    assert 250_000 <= len(everybody(city)) <= 370_000
