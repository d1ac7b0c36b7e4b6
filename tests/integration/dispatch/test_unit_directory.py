"""Choosing and claiming on a real Redis."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from services.dispatch.adapters.redis_unit_directory import CLAIM_MS
from services.dispatch.application.ports import ClaimsLost
from shared.contracts import incident
from shared.contracts.base import Message
from shared.contracts.incident import Candidate
from shared.contracts.playbook import Need
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import AssigneeKind, DutyState, EquipmentKind
from tests.integration.dispatch.directory import (
    EVENT,
    METRE,
    NOW,
    SCENE,
    Directory,
    Guard,
    bodies,
    ended,
    fix,
    issued,
    received,
    reference,
    request,
)

SHIELD, FORK, RADIO = EquipmentKind.SHIELD, EquipmentKind.FORK, EquipmentKind.RADIO


@pytest.fixture
async def directory(redis_url: str) -> AsyncGenerator[Directory]:
    redis: Redis = Redis.from_url(redis_url)
    await redis.flushdb()
    yield Directory(redis)
    await redis.aclose()


async def test_the_nearest_are_chosen_and_the_others_say_why_not(directory: Directory) -> None:
    await directory.add(Guard("far", 900), Guard("near", 100), Guard("next", 300))
    assert await directory.choose(request(count=2)) == [
        ("near", "respond", "nearest"),
        ("next", "respond", "nearest"),
        ("far", "", "not-needed"),
    ]


@pytest.mark.parametrize(
    ("guard", "changes", "reason"),
    [
        (Guard("u", 100), {"exclude": ("u",)}, "already-asked"),
        (Guard("u", 100, position_age_s=1801), {}, "position-stale"),
        (Guard("u", 100, members=2), {"members_min": 3}, "too-few-members"),
        (Guard("u", 100), {"equipment": (FORK,)}, "equipment-missing"),
        (Guard("u", 100, expires_in_days=-1), {"equipment": (SHIELD,)}, "equipment-missing"),
        (Guard("u", 100, capabilities=("boat",)), {"capability": "first-aid"}, "capability-missing"),
        (Guard("u", 100, members=2), {"threat_members_min": 3}, "threat-rule"),
        (Guard("u", 100), {"threat_equipment": ("fork",)}, "threat-rule"),
        (Guard("u", 100, members=1), {"members_min": 2, "threat_members_min": 2}, "too-few-members threat-rule"),
    ],
)
async def test_a_unit_that_is_not_fit_is_not_sent_and_says_why(
    directory: Directory, guard: Guard, changes: dict[str, Any], reason: str
) -> None:
    await directory.add(guard)
    assert await directory.choose(request(**changes)) == [("u", "", reason)]


@pytest.mark.parametrize(
    "guard",
    [
        Guard("u", 100, duty=DutyState.SHORT),
        Guard("u", 100, duty=DutyState.OFF),
        Guard("u", 100, until_s=0),
        Guard("u", 100, suspended=True),
        Guard("u", 100, registered=False),
        Guard("u", 3100),
    ],
)
async def test_who_is_not_on_duty_or_not_in_the_ring_is_not_even_looked_at(directory: Directory, guard: Guard) -> None:
    await directory.add(guard)
    assert await directory.choose(request()) == []


async def test_a_piece_is_good_until_the_midnight_of_its_expiry_date_in_china(directory: Directory) -> None:
    await directory.add(Guard("u", 100, expires_in_days=0))
    assert await directory.chosen(request(equipment=(SHIELD,))) == ["u"]


async def test_who_is_below_the_threat_rule_may_observe_only_where_responders_are_short(directory: Directory) -> None:
    await directory.add(Guard("weak", 100, members=1), Guard("weaker", 150, members=1), Guard("strong", 500))
    wanted = request(threat_members_min=3, observers_allowed=True, count=2)
    assert await directory.choose(wanted) == [
        ("weak", "observe", "nearest threat-rule"),
        ("weaker", "", "threat-rule"),
        ("strong", "respond", "nearest"),
    ]


async def test_the_same_round_gets_the_same_answer_whatever_changed(directory: Directory) -> None:
    await directory.add(Guard("u1", 500))
    first = await directory.choose(request())
    await directory.add(Guard("u0", 10))
    assert await directory.choose(request(), after_s=5) == first


async def test_nobody_is_chosen_while_it_is_not_known_who_is_claimed(directory: Directory) -> None:
    await directory.add(Guard("u1", 500))
    with pytest.raises(ClaimsLost):
        await directory.directory.choose_and_claim(request(), NOW)
    assert await directory.chosen(request()) == ["u1"]


async def test_a_round_asked_for_again_says_when_its_units_were_claimed(directory: Directory) -> None:
    await directory.add(Guard("u1", 500))
    assert (await directory.select(request())).claimed_at == NOW
    assert (await directory.select(request(), after_s=30)).claimed_at == NOW


async def test_a_claim_lapses_when_no_order_follows(directory: Directory) -> None:
    await directory.add(Guard("u", 100))
    assert await directory.chosen(request("i1")) == ["u"]
    assert await directory.choose(request("i2")) == [("u", "", "claimed")]
    assert 0 < await directory.redis.pttl("{dispatch:units}:claim:u") <= CLAIM_MS
    await directory.redis.pexpire("{dispatch:units}:claim:u", 1)
    while await directory.redis.exists("{dispatch:units}:claim:u"):
        await asyncio.sleep(0.001)
    assert await directory.chosen(request("i3")) == ["u"]


@pytest.mark.parametrize(
    "kind", [incident.OrderDeclined, incident.OrderUnanswered, incident.OrderWithdrawn, incident.OrderCompleted]
)
async def test_an_order_holds_its_unit_until_it_ends(redis_url: str, kind: type[Message]) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
        directory = Directory(redis, rest_s=0)
        await directory.add(Guard("u", 100))
        await directory.chosen(request("i1"))
        await directory.happen(issued("u"))
        assert await redis.exists("{dispatch:units}:claim:u") == 0
        assert await directory.choose(request("i2")) == [("u", "", "claimed")]
        await directory.happen(ended(kind, "u"))
        assert await directory.chosen(request("i3")) == ["u"]


async def test_who_was_at_a_scene_rests_a_while(directory: Directory) -> None:
    await directory.add(Guard("u", 100))
    await directory.happen(issued("u"), ended(incident.OrderCompleted, "u"))
    assert await directory.choose(request("i2")) == [("u", "", "resting")]
    assert 0 < await directory.redis.pttl("{dispatch:units}:rest:u") <= 120_000


async def test_a_rest_that_is_over_is_not_begun_again_by_a_rebuild(directory: Directory) -> None:
    await directory.add(Guard("u", 100))
    directory.clock.time = NOW + timedelta(seconds=121)
    await directory.happen(issued("u"), ended(incident.OrderCompleted, "u"))
    assert await directory.chosen(request("i2")) == ["u"]


async def test_an_event_seen_before_changes_nothing(directory: Directory) -> None:
    await directory.add(Guard("u", 100))
    await directory.happen(issued("u"), ended(incident.OrderDeclined, "u"))
    assert await directory.fold(received("i1", issued("u"), 1)) == 0
    assert await directory.chosen(request("i2")) == ["u"]


async def test_an_event_whose_predecessor_is_missing_is_not_folded_unless_the_log_has_none(
    directory: Directory,
) -> None:
    await directory.add(Guard("u", 100))
    assert await directory.fold(received("i1", issued("u"), 2)) == -1
    assert await directory.chosen(request("i2")) == ["u"]
    assert await directory.fold(received("i1", issued("u"), 2), forced=True) == 1
    assert await directory.choose(request("i3")) == [("u", "", "claimed")]


async def test_units_that_the_decider_did_not_order_are_free_at_once(directory: Directory) -> None:
    await directory.add(Guard("u", 100))
    await directory.chosen(request("i1"))
    candidate = Candidate(
        unit_id="u", station_id="s", chosen=False, distance_m=1, eta_s=1, members_on_duty=1, reasons=("not-needed",)
    )
    considered = incident.UnitsConsidered(
        **EVENT, incident_id="i1", round=1, stage=3, candidates=(candidate,), missing=0
    )
    await directory.happen(considered)
    assert await directory.chosen(request("i2")) == ["u"]


async def test_a_real_incident_takes_a_unit_out_of_a_drill_but_no_drill_out_of_anything(directory: Directory) -> None:
    await directory.add(Guard("u", 100))
    assert await directory.chosen(request("drill-1", drill=True)) == ["u"]
    await directory.happen(issued("u", "drill-1", drill=True))
    assert await directory.choose(request("drill-2", drill=True)) == [("u", "", "claimed")]
    assert await directory.chosen(request("real-1")) == ["u"]
    assert await directory.choose(request("drill-3", drill=True)) == [("u", "", "claimed")]
    await directory.happen(issued("u", "real-1"))
    [[first, second]] = await directory.directory.doubly_ordered()
    assert {(first.incident_id, first.drill), (second.incident_id, second.drill)} == {
        ("drill-1", True),
        ("real-1", False),
    }
    await directory.happen(ended(incident.OrderWithdrawn, "u", "drill-1", drill=True))
    assert await directory.directory.doubly_ordered() == []


async def test_a_fix_moves_the_unit_if_it_is_newer_and_from_somebody_on_duty(directory: Directory) -> None:
    await directory.add(Guard("u", 2500, position_age_s=60))
    here, later = Point(SCENE.lon, SCENE.lat + 100 * METRE), NOW - timedelta(seconds=30)
    earlier = NOW - timedelta(seconds=90)
    for member, at in (("stranger", later), ("u-m0", earlier)):
        await directory.units.apply([received("s", fix("u", member, here, at), 1)])
    assert await directory.chosen(request("i1", within_m=1000)) == []
    await directory.units.apply([received("s", fix("u", "u-m0", here, later), 1)])
    assert await directory.chosen(request("i2", within_m=1000)) == ["u"]


async def test_a_unit_that_was_deleted_or_suspended_is_not_sent(directory: Directory) -> None:
    await directory.add(Guard("u1", 100), Guard("u2", 100))
    await directory.units.apply([received("u1", None, 1)])
    await directory.add(Guard("u2", 100, suspended=True))
    assert await directory.choose(request()) == []


async def test_an_older_duty_event_changes_nothing(directory: Directory) -> None:
    guard = Guard("u", 100)
    await directory.add(guard)
    off = Guard("u", 100, duty=DutyState.OFF, members=0)
    await directory.add(off)  # under the same sequence as before
    assert await directory.chosen(request()) == ["u"]


async def test_looking_shows_whom_choosing_would_choose_and_claims_nobody(directory: Directory) -> None:
    await directory.add(Guard("near", 100), Guard("weak", 200, members=1), Guard("next", 300), Guard("far", 400))
    wanted = request(count=2, members_min=2)
    before = set(await directory.redis.keys())
    looked = await directory.look(wanted)
    assert set(await directory.redis.keys()) == before | {b"{dispatch:units}:claims-kept"}
    assert [(unit, reasons) for unit, _, reasons in looked] == [
        ("near", "nearest"),
        ("weak", "too-few-members"),
        ("next", "nearest"),
        ("far", "not-needed"),
    ]
    assert await directory.choose(wanted) == looked
    assert (await directory.look(wanted))[0] == ("near", "", "claimed")  # the round's own answer is not shown again


async def test_nobody_is_shown_while_it_is_not_known_who_is_claimed(directory: Directory) -> None:
    await directory.add(Guard("u1", 500))
    with pytest.raises(ClaimsLost):
        await directory.directory.look(request(), NOW)


async def test_who_is_named_is_claimed_wherever_they_are_and_nobody_else(directory: Directory) -> None:
    await directory.add(Guard("near", 100), Guard("far", 40_000), Guard("farther", 50_000))
    wanted = request(named=("far", "farther"), count=2)
    assert await directory.choose(wanted) == [("far", "respond", "named"), ("farther", "respond", "named")]
    [far, farther] = (await directory.select(wanted)).units
    assert (far.distance_m, farther.distance_m) == (pytest.approx(40_000, rel=1e-3), pytest.approx(50_000, rel=1e-3))
    assert await directory.choose(request("i2", named=("far",))) == [("far", "", "claimed")]
    assert await directory.chosen(request("i3")) == ["near"]


@pytest.mark.parametrize(
    ("guard", "changes", "found"),
    [
        (Guard("u", 100, duty=DutyState.OFF, members=0), {}, ("", "off-duty")),
        (Guard("u", 100, until_s=0), {}, ("", "off-duty")),
        (Guard("u", 100, duty=DutyState.SHORT, members=1), {}, ("", "below-quorum")),
        (Guard("u", 100, suspended=True), {}, ("", "suspended")),
        (Guard("u", 100, position_age_s=1801), {}, ("", "position-stale")),
        (Guard("u", 100, members=2), {"members_min": 3}, ("", "too-few-members")),
        (Guard("u", 100, members=2), {"threat_members_min": 3}, ("", "threat-rule")),
        (
            Guard("u", 100, members=2),
            {"threat_members_min": 3, "observers_allowed": True},
            ("observe", "named threat-rule"),
        ),
    ],
)
async def test_the_same_rules_hold_for_who_is_named(
    directory: Directory, guard: Guard, changes: dict[str, Any], found: tuple[str, str]
) -> None:
    await directory.add(guard)
    assert await directory.choose(request(named=("u",), **changes)) == [("u", *found)]


async def test_a_unit_that_was_never_on_duty_is_off_duty_at_its_site_and_an_unknown_one_is_not_there(
    directory: Directory,
) -> None:
    unit = bodies(Guard("u", 100))[0]
    await directory.units.apply([received("u", unit, 1)])
    [found] = (await directory.select(request(named=("u", "nobody")))).units
    assert (found.reasons, found.members_on_duty, found.on_ring) == (("off-duty",), 0, False)
    assert found.distance_m == pytest.approx(100, rel=1e-2)
    await directory.add(Guard("v", 100, registered=False))
    assert await directory.choose(request("i2", named=("v",))) == []


async def test_a_hundred_rounds_at_once_never_claim_one_unit_twice(directory: Directory) -> None:
    await directory.add(*(Guard(f"u{n}", 10 * n) for n in range(120)))
    rounds = [directory.chosen(request(f"i{n}", count=2)) for n in range(100)]
    claimed = Counter(unit for chosen in await asyncio.gather(*rounds) for unit in chosen)
    assert len(claimed) == 120
    assert set(claimed.values()) == {1}


async def test_far_more_unfit_units_than_are_looked_at_first_do_not_hide_a_fit_one(directory: Directory) -> None:
    await directory.add(*(Guard(f"weak{n}", n, members=1) for n in range(150)), Guard("strong", 2000))
    found = await directory.choose(request(members_min=2))
    assert found[-1] == ("strong", "respond", "nearest")
    assert len(found) == 21


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Filters that all applied often would leave nobody to choose from."""
    return st.sampled_from([usual] * 8 + list(others))


GUARDS = st.lists(
    st.builds(
        Guard,
        unit_id=st.uuids().map(str),
        north_m=st.integers(1, 120).map(lambda n: n * 31.0),  # apart, so that nearest is not a matter of rounding
        members=st.integers(1, 4),
        equipment=st.sets(st.sampled_from([SHIELD, FORK, RADIO])).map(lambda kinds: tuple(sorted(kinds))),
        capabilities=st.sampled_from([(), ("first-aid",)]),
        position_age_s=mostly(0, 1700, 1900),
        duty=mostly(DutyState.ON, DutyState.SHORT),
        until_s=mostly(3600, 0),
        suspended=mostly(False, True),
        expires_in_days=mostly(None, 10, -1),
    ),
    unique_by=lambda guard: guard.north_m,
    min_size=3,
    max_size=12,
)
NEEDS = st.fixed_dictionaries(
    {
        "count": st.integers(1, 4),
        "within_m": mostly(3000.0, 500.0),
        "members_min": mostly(1, 2, 3),
        "equipment": mostly((), (SHIELD,), (SHIELD, FORK)),
        "capability": mostly(None, "first-aid"),
        "threat_members_min": st.integers(1, 3),
        "threat_equipment": st.sampled_from([(), ("fork",)]),
        "observers_allowed": st.booleans(),
    }
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guards=GUARDS, needs=NEEDS)
def test_the_script_chooses_as_the_plain_rule_does(redis_url: str, guards: list[Guard], needs: dict[str, Any]) -> None:
    async def compare() -> None:
        async with Redis.from_url(redis_url) as redis:
            await redis.flushdb()
            directory = Directory(redis)
            await directory.add(*guards)
            wanted = request(**needs)
            assert isinstance(wanted.need, Need)
            assert wanted.need.assignee is AssigneeKind.UNIT
            found = await directory.choose(wanted)
            assert [(unit, role) for unit, role, _ in found if role] == reference(guards, wanted)

    asyncio.run(compare())
