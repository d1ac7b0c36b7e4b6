"""The scenarios' data fit the city that they are played in."""

import pytest
from pydantic import ValidationError

from deploy.local.demo.city import NAMED_UNITS, generate
from deploy.local.demo.phones import away_m
from deploy.local.demo.responders import RIDE_M_S
from deploy.local.demo.scenario_data import SCENARIOS, Scenario, Step, scenario
from deploy.local.demo.scene import scene_of
from shared.vocabulary.terms import EquipmentKind

CITY = generate(seed=1, units=NAMED_UNITS)
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


@pytest.fixture(params=NAMES)
def played(request: pytest.FixtureRequest) -> Scenario:
    return scenario(request.param)


def test_the_scenarios_that_must_be_there_are_there() -> None:
    assert {"S1", "S2", "S4"} <= set(NAMES)
    assert all(scenario(name).id == name for name in NAMES)


def test_every_unit_named_is_in_the_city_with_enough_people_on_a_watch(played: Scenario) -> None:
    for cast in played.on_duty:
        manned = CITY.unit_by_id[cast.unit]
        assert manned.unit.quorum <= cast.people <= sum(person.watch == 0 for person in manned.people)
        assert cast.post < len(manned.site.posts)
    expect = played.expect
    told = (*expect.not_ordered, *expect.not_told, *expect.photo_told, *expect.held_back)
    for unit_id in (*expect.responders, *told):
        assert unit_id in CITY.unit_by_id


def test_who_is_expected_to_answer_is_on_duty_and_who_declines_was_ordered(played: Scenario) -> None:
    manners = {cast.unit: cast.manner for cast in played.on_duty}
    expect = played.expect
    assert set(expect.responders) <= set(manners)
    assert {unit for unit in expect.responders if manners[unit] == "refuses"} == set(expect.declined)
    assert {unit for unit in expect.responders if manners[unit] in ("late", "silent")} == set(expect.unanswered)


def test_the_reporting_station_is_the_scenes(played: Scenario) -> None:
    names = [station.name for station in CITY.stations]
    assert f"{played.report.station}派出所" in names


def test_responders_are_nearer_than_who_is_not_ordered(played: Scenario) -> None:
    scene = scene_of(played.report.scene)
    expect = played.expect

    def away(unit_id: str) -> float:
        return away_m(CITY.unit_by_id[unit_id].unit.location, scene)

    spare = [unit for unit in expect.not_ordered if unit not in expect.held_back]
    if spare:
        assert max(map(away, expect.responders)) < min(map(away, spare))


def test_the_units_that_come_can_be_there_with_time_to_spare() -> None:
    """The one that is asked last, too: after another's silence of 20 s."""
    played = scenario("S2")
    scene = scene_of(played.report.scene)
    for cast in played.on_duty:
        if cast.unit in played.expect.responders and cast.manner == "answers":
            ride_s = away_m(CITY.unit_by_id[cast.unit].unit.location, scene) / RIDE_M_S
            assert 20 + cast.after_s + ride_s < 180 * 0.7


def test_who_is_held_back_from_the_weapon_has_neither_shield_nor_stick() -> None:
    for unit_id in scenario("S2").expect.held_back:
        kinds = {piece.kind for piece in CITY.unit_by_id[unit_id].unit.equipment}
        assert not {EquipmentKind.SHIELD, EquipmentKind.LONG_STICK} & kinds


def test_a_step_is_one_thing() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        Step.model_validate({})
    with pytest.raises(ValidationError, match="exactly one"):
        Step.model_validate({"police_arrived": {"within_s": 1}, "hand_over": {"note": ""}})
