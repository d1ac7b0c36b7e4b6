"""What every registry promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.checkin.application.ports import Conflict, Publication, StillUsed
from services.checkin.domain.people import Person
from services.checkin.domain.registry import Kind, RosterEntry
from services.checkin.domain.roster import Shift
from shared.contracts.registry import Member, Site, Unit
from shared.vocabulary.terms import ChannelKind, Role, SiteClass
from tests.conformance.checkin.city import (
    BACK,
    EVERYTHING,
    GATE,
    LEADER,
    MEMBER,
    OFFICER,
    OTHER_STATION,
    SHIELD,
    SITE,
    STATION_PATH,
    STATIONS,
    SUBSCRIBER,
    UNIT,
)
from tests.conformance.checkin.conftest import Both

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def relay(both: Both, holder: str = "one", now: datetime = NOW) -> list[Publication]:
    """Publish everything that is noted; what was published, in order."""
    published: list[Publication] = []
    while (batch := await both.outbox.take(holder, now, 3)) is not None:
        published += batch.publications
        await both.outbox.published(batch)
    return published


def ids(publications: list[Publication]) -> set[tuple[str, str]]:
    return {(publication.kind, publication.id) for publication in publications}


async def test_what_is_saved_is_there_at_its_path(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    for kind, code in ((Kind.SITES, "s-1"), (Kind.UNITS, "u-1"), (Kind.MEMBERS, "m-1"), (Kind.MEMBERS, "o-1")):
        assert await both.registry.paths(kind, {code, "no-such"}) == {code: STATION_PATH}
    assert await both.registry.paths(Kind.EQUIPMENT, {"e-1"}) == {"e-1": STATION_PATH}
    assert await both.registry.posts_of({"s-1", "s-2"}) == {"s-1": (GATE, BACK)}
    assert await both.registry.sites_of_posts({"p-2", "p-9"}) == {"p-2": "s-1"}
    assert await both.registry.members_of("u-1") == [LEADER, MEMBER]


async def test_the_names_of_those_who_are_there_are_told(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    assert await both.registry.names_of(["m-1", "o-1", "m-99"]) == {"m-1": LEADER.name, "o-1": OFFICER.name}
    assert await both.registry.names_of([]) == {}


async def test_people_are_found_with_where_they_belong_active_or_not(both: Both) -> None:
    await both.registry.save([*EVERYTHING, replace(MEMBER, active=False)])
    found = await both.registry.people(["m-2", "o-1", "m-99", "m-2"])
    assert {person.id: person for person in found} == {
        "m-2": Person("m-2", MEMBER.name, Role.MEMBER, STATION_PATH, "u-1", "440106001"),
        "o-1": Person("o-1", OFFICER.name, Role.OFFICER, STATION_PATH, None, "440106001"),
    }
    assert len(found) == 2
    assert not await both.registry.people([])


MORNINGS = (Shift("m-1", 1, 480, 1200, "p-1"), Shift("m-1", 2, 480, 1200, None), Shift("m-2", 7, 1200, 480, None))


async def test_a_roster_is_kept_replaced_and_published_nowhere(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    await both.registry.save([RosterEntry("u-1", MORNINGS[::-1])])
    assert await both.registry.rosters_of(["u-1", "u-9"]) == {"u-1": MORNINGS}
    assert await both.registry.paths(Kind.ROSTERS, {"u-1", "u-9"}) == {"u-1": STATION_PATH}
    await both.registry.save([RosterEntry("u-1", MORNINGS[:1])])
    assert await both.registry.rosters_of(["u-1"]) == {"u-1": MORNINGS[:1]}
    assert await both.registry.delete(Kind.ROSTERS, "u-1")
    assert not await both.registry.delete(Kind.ROSTERS, "u-1")
    assert await both.registry.rosters_of(["u-1"]) == {}
    assert await relay(both) == []


async def test_shifts_stay_when_their_member_changes_and_go_when_it_is_deleted(both: Both) -> None:
    await both.registry.save([*EVERYTHING, RosterEntry("u-1", MORNINGS)])
    await both.registry.save([replace(LEADER, name="陈新")])
    assert await both.registry.rosters_of(["u-1"]) == {"u-1": MORNINGS}
    assert await both.registry.delete(Kind.MEMBERS, "m-1")
    assert await both.registry.rosters_of(["u-1"]) == {"u-1": MORNINGS[2:]}
    assert await both.registry.delete(Kind.MEMBERS, "m-2")
    assert await both.registry.paths(Kind.ROSTERS, {"u-1"}) == {}


async def test_a_roster_keeps_no_unit_from_being_deleted(both: Both) -> None:
    await both.registry.save([*EVERYTHING, replace(UNIT, code="u-2"), RosterEntry("u-2", MORNINGS)])
    assert await both.registry.delete(Kind.UNITS, "u-2")
    assert await both.registry.rosters_of(["u-2"]) == {}


async def test_whose_members_people_are(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    assert await both.registry.units_of(["m-1", "o-1", "m-9"]) == {"m-1": "u-1"}


async def test_every_state_that_was_saved_is_published_whole(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    states = {(p.kind, p.id): p.state for p in await relay(both)}
    assert len(states) == 4 + 1 + 1 + 3
    unit, site, member = states["unit", "u-1"], states["site", "s-1"], states["member", "m-1"]
    assert isinstance(unit, Unit)
    assert isinstance(site, Site)
    assert isinstance(member, Member)
    assert (unit.leader_id, unit.member_ids, unit.quorum) == ("m-1", ("m-1", "m-2"), 3)
    assert (unit.site_class, unit.path, unit.station_id) == (SiteClass.B, STATION_PATH, "440106001")
    assert [(e.equipment_id, e.count) for e in unit.equipment] == [("e-1", 2)]
    assert [post.post_id for post in site.posts] == ["p-1", "p-2"]
    assert [(c.kind, c.address) for c in member.channels] == [
        (ChannelKind.INBOX, ""),
        (ChannelKind.SMS, "10000000001"),
    ]


async def test_a_members_own_channels_are_kept_and_published_in_their_order_with_their_addresses(both: Both) -> None:
    await both.registry.save([*EVERYTHING, SUBSCRIBER])
    assert await both.registry.members_of("u-1") == [LEADER, MEMBER, SUBSCRIBER]
    (member,) = [p.state for p in await relay(both) if p.id == "m-3"]
    assert isinstance(member, Member)
    assert [(c.kind, c.address) for c in member.channels] == [
        (ChannelKind.SMS, "10000000002"),
        (ChannelKind.WEBHOOK, "https://bot.example/hook?of=m-3"),
        (ChannelKind.INBOX, ""),
    ]


async def test_other_channels_are_published_and_none_brings_the_default_back(both: Both) -> None:
    await both.registry.save([*EVERYTHING, SUBSCRIBER])
    await relay(both)
    published: list[list[ChannelKind]] = []
    for channels, phone in (((ChannelKind.SMS,), "10000000002"), ((), "10000000002"), ((), "")):
        await both.registry.save([replace(SUBSCRIBER, channels=channels, phone=phone)])
        (member,) = [p.state for p in await relay(both) if isinstance(p.state, Member)]
        published.append([channel.kind for channel in member.channels])
    assert published == [[ChannelKind.SMS], [ChannelKind.INBOX, ChannelKind.SMS], [ChannelKind.INBOX]]


async def test_units_do_not_wait_for_the_many_people_imported_before_them(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    await both.registry.save([LEADER, MEMBER])
    await both.registry.save([replace(UNIT, code="u-2")])
    published = [(p.kind, p.id) for p in await relay(both)]
    assert published[-2:] == [("member", "m-1"), ("member", "m-2")]
    assert ("unit", "u-2") in published[:-2]


async def test_sequences_only_grow_even_from_one_relay_to_the_next(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    first = [p.sequence for p in await relay(both)]
    await both.registry.save([replace(UNIT, name="新名")])
    later = [p.sequence for p in await relay(both, "two", NOW + timedelta(minutes=1))]
    assert first == sorted(set(first))
    assert later
    assert min(later) > max(first)


async def test_what_was_not_confirmed_is_taken_again_as_it_is_then(both: Both) -> None:
    await both.registry.save([*STATIONS, SITE])
    await relay(both)
    await both.registry.save([UNIT])
    lost = await both.outbox.take("one", NOW, 10)  # the process dies after publishing this
    assert lost is not None
    await both.registry.save([replace(UNIT, quorum=5)])
    (again,) = await relay(both, "one")
    assert isinstance(again.state, Unit)
    assert again.state.quorum == 5
    assert again.sequence > lost.publications[0].sequence


async def test_what_changes_while_a_batch_is_published_is_published_after_it(both: Both) -> None:
    await both.registry.save([*STATIONS, SITE, UNIT])
    batch = await both.outbox.take("one", NOW, 100)
    assert batch is not None
    await both.registry.save([replace(UNIT, quorum=5)])
    await both.outbox.published(batch)
    assert ids(await relay(both)) == {("unit", "u-1")}


async def test_two_relays_never_publish_at_once_until_one_has_been_silent_for_long(both: Both) -> None:
    await both.registry.save(STATIONS)
    assert await both.outbox.take("one", NOW, 1) is not None
    assert await both.outbox.take("two", NOW + timedelta(seconds=9), 1) is None
    assert await both.outbox.take("two", NOW + timedelta(seconds=11), 1) is not None
    assert await both.outbox.take("one", NOW + timedelta(seconds=12), 1) is None


async def test_nothing_new_means_nothing_to_take(both: Both) -> None:
    assert await both.outbox.take("one", NOW, 1) is None


async def test_a_members_unit_changes_with_it(both: Both) -> None:
    await both.registry.save([*EVERYTHING, replace(UNIT, code="u-2")])
    await relay(both)
    await both.registry.save([replace(MEMBER, unit="u-2")])
    found = await relay(both)
    assert ids(found) == {("member", "m-2"), ("unit", "u-1"), ("unit", "u-2")}
    assert {p.id: p.state.member_ids for p in found if isinstance(p.state, Unit)} == {"u-1": ("m-1",), "u-2": ("m-2",)}


async def test_an_inactive_member_no_longer_counts_nor_leads(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    await both.registry.save([replace(LEADER, active=False)])
    (unit,) = [p.state for p in await relay(both) if isinstance(p.state, Unit)]
    assert (unit.leader_id, unit.member_ids) == (None, ("m-2",))


async def test_a_sites_units_change_with_it_and_their_members_when_it_gets_another_station(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    await both.registry.save([replace(SITE, site_class=SiteClass.D)])
    found = await relay(both)
    assert {("site", "s-1"), ("unit", "u-1")} == ids(found)
    assert {p.state.quorum for p in found if isinstance(p.state, Unit)} == {2}
    await both.registry.save([replace(SITE, station="440106002")])
    moved = await relay(both)
    assert ids(moved) == {("site", "s-1"), ("unit", "u-1"), ("member", "m-1"), ("member", "m-2")}
    assert {p.state.path for p in moved if p.state is not None} == {OTHER_STATION.path}  # type: ignore[attr-defined]


async def test_equipment_changes_the_unit_that_has_it(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    await both.registry.save([replace(SHIELD, count=9)])
    (found,) = await relay(both)
    assert isinstance(found.state, Unit)
    assert found.state.equipment[0].count == 9


async def test_saving_a_site_replaces_its_posts_and_frees_their_codes(both: Both) -> None:
    await both.registry.save([*STATIONS, SITE])
    other = replace(SITE, code="s-2", posts=(GATE,))
    await both.registry.save([replace(SITE, posts=(BACK,)), other])
    assert await both.registry.sites_of_posts({"p-1", "p-2"}) == {"p-1": "s-2", "p-2": "s-1"}


@pytest.mark.parametrize(
    "entries",
    [
        [replace(SITE, code="s-2", station="no-such", posts=())],
        [replace(UNIT, code="u-2", site="no-such")],
        [replace(MEMBER, code="m-9", unit="no-such")],
        [replace(SHIELD, code="e-9", unit="no-such")],
        [RosterEntry("no-such", (Shift("m-1", 1, 0, 60, None),))],
        [RosterEntry("u-1", (Shift("no-such", 1, 0, 60, None),))],
        [replace(SITE, code="s-2", name="a post of another site")],
        [replace(UNIT, name="新名"), replace(UNIT, code="u-2", site="no-such")],
    ],
)
async def test_what_does_not_fit_together_is_a_conflict_and_nothing_is_written(both: Both, entries: list) -> None:  # type: ignore[type-arg]
    await both.registry.save(EVERYTHING)
    await relay(both)
    with pytest.raises(Conflict):
        await both.registry.save(entries)
    assert await relay(both) == []


async def test_deleting_publishes_a_tombstone_and_what_changes_with_it(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    assert await both.registry.delete(Kind.MEMBERS, "m-2")
    found = {(p.kind, p.id): p.state for p in await relay(both)}
    assert found["member", "m-2"] is None
    assert found["unit", "u-1"].member_ids == ("m-1",)  # type: ignore[union-attr]
    assert not await both.registry.delete(Kind.MEMBERS, "m-2")


async def test_what_is_still_referred_to_can_not_be_deleted(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await relay(both)
    for kind, code in ((Kind.STATIONS, "440106001"), (Kind.SITES, "s-1"), (Kind.UNITS, "u-1")):
        with pytest.raises(StillUsed):
            await both.registry.delete(kind, code)
    assert await relay(both) == []


async def test_a_site_goes_with_its_posts_once_nothing_needs_it(both: Both) -> None:
    await both.registry.save([*STATIONS, SITE])
    await relay(both)
    assert await both.registry.delete(Kind.SITES, "s-1")
    assert await both.registry.sites_of_posts({"p-1"}) == {}
    assert [(p.kind, p.id, p.state) for p in await relay(both)] == [("site", "s-1", None)]


async def test_an_officer_belongs_to_a_station_and_may_join_a_unit(both: Both) -> None:
    await both.registry.save(EVERYTHING)
    await both.registry.save([replace(OFFICER, unit="u-1", station=None, role=Role.MEMBER)])
    assert [member.code for member in await both.registry.members_of("u-1")] == ["m-1", "m-2", "o-1"]
