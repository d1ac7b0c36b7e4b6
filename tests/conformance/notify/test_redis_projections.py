"""The projections in Redis: what is folded can be read, folded again nothing changes."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from services.notify.adapters.redis_bell import InboxBell
from services.notify.adapters.redis_briefs import RedisBriefs
from services.notify.adapters.redis_call_marks import RedisCallMarks
from services.notify.adapters.redis_deliveries import DeliveryProjection, RedisContents
from services.notify.adapters.redis_delivery_views import RedisDeliveries, RedisInbox
from services.notify.adapters.redis_people import DutyProjection, MemberProjection, RedisPeople
from services.notify.adapters.redis_planned import RedisPlannedDeliveries
from services.notify.application.audiences import (
    Audience,
    OfficersAt,
    OfficersOfStation,
    OfficersWithin,
    OnDutyWithin,
    UnitOnDuty,
)
from services.notify.application.planning import Planned
from shared.contracts.delivery import (
    AttemptBegun,
    DeliveryPlanned,
)
from shared.contracts.duty import MemberCheckedIn, MemberCheckedOut, UnitDutyChanged
from shared.contracts.incident import IncidentReported
from shared.contracts.registry import Member
from shared.platform.clock import SystemClock
from shared.platform.records import Received
from shared.vocabulary.terms import ChannelKind, Lane
from tests.conformance.notify.stored import ABOUT, PLAN, STATION, STORY, T0, received, seen

OTHER_STATION, DISTRICT, CITY = "/440100/440106/440106008", "/440100/440106", "/440100"


@pytest.fixture
async def redis(redis_url: str) -> AsyncGenerator[Redis]:
    client: Redis = Redis.from_url(redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


def member(member_id: str, **changes: Any) -> Received:
    channels = ({"kind": "sms", "address": "10000000001"}, {"kind": "webhook", "address": "https://hooks.example/1"})
    return seen(Member, member_id, **{"member_id": member_id, "channels": channels, "path": STATION, **changes})


def station_of(path: str) -> str:
    return f"station-{path.rsplit('/', 1)[1]}"


def officer(member_id: str, path: str, **changes: Any) -> Received:
    return member(member_id, role="officer", unit_id=None, path=path, station_id=station_of(path), **changes)


def checked_in(unit_id: str, member_id: str, path: str = STATION, hours: float = 8) -> Received:
    until = T0 + timedelta(hours=hours)
    return seen(MemberCheckedIn, unit_id, unit_id=unit_id, member_id=member_id, path=path, until=until)


class People:
    def __init__(self, redis: Redis) -> None:
        self.members, self.duty = MemberProjection(redis, "p:"), DutyProjection(redis, "p:")
        self._people = RedisPeople(redis, "p:", [ChannelKind.SMS])

    async def ids(self, audience: Audience, after: timedelta = timedelta()) -> list[str]:
        return [p.recipient.member_id for p in await self._people.find(audience, T0 + after)]

    async def one(self, audience: Audience) -> Any:
        (person,) = await self._people.find(audience, T0)
        return person


async def test_only_who_is_on_duty_is_found(redis: Redis) -> None:
    people = People(redis)
    await people.members.apply([member(m) for m in ("a", "b", "c", "d")])
    await people.duty.apply([checked_in("u1", "a"), checked_in("u1", "b", hours=1), checked_in("u1", "d")])
    await people.duty.apply([seen(MemberCheckedOut, "u1", unit_id="u1", member_id="d")])
    assert await people.ids(UnitOnDuty("u1")) == ["a", "b"]
    assert await people.ids(UnitOnDuty("u1"), after=timedelta(hours=2)) == ["a"], "a lease that ran out counts no more"
    assert await people.ids(UnitOnDuty("u2")) == []


async def test_on_duty_within_a_node_is_everybody_below_it(redis: Redis) -> None:
    people = People(redis)
    await people.members.apply([member(m) for m in ("a", "b")])
    await people.duty.apply([checked_in("u1", "a"), checked_in("u2", "b", path=OTHER_STATION)])
    found = {path: await people.ids(OnDutyWithin(path)) for path in (STATION, OTHER_STATION, DISTRICT, CITY)}
    assert found == {STATION: ["a"], OTHER_STATION: ["b"], DISTRICT: ["a", "b"], CITY: ["a", "b"]}
    await people.duty.apply([seen(UnitDutyChanged, "u1", unit_id="u1", path=STATION, on_duty=(), state="off")])
    assert await people.ids(OnDutyWithin(CITY)) == ["b"]


async def test_officers_are_found_by_station_by_level_and_by_subtree(redis: Redis) -> None:
    people = People(redis)
    await people.members.apply([officer("s", STATION), officer("d", DISTRICT), officer("c", CITY), member("m")])
    assert await people.ids(OfficersOfStation(station_of(STATION))) == ["s"]
    assert await people.ids(OfficersAt(DISTRICT)) == ["d"]
    assert await people.ids(OfficersWithin(DISTRICT)) == ["d", "s"]
    assert await people.ids(OfficersWithin(CITY)) == ["c", "d", "s"]


async def test_an_officer_who_moves_or_leaves_is_no_longer_found_where_they_were(redis: Redis) -> None:
    people = People(redis)
    await people.members.apply([officer("a", STATION), officer("b", STATION), officer("c", STATION)])
    await people.members.apply([officer("a", OTHER_STATION), received("b", None), officer("c", STATION, active=False)])
    assert await people.ids(OfficersAt(STATION)) == []
    assert await people.ids(OfficersAt(OTHER_STATION)) == ["a"]


async def test_channels_that_are_not_installed_are_left_out_and_no_name_is_kept(redis: Redis) -> None:
    people = People(redis)
    await people.members.apply([officer("a", STATION, name="示例警官", language="en")])
    person = await people.one(OfficersAt(STATION))
    assert [channel.kind for channel in person.recipient.channels] == [ChannelKind.SMS]
    assert person.language == "en"
    assert "示例警官".encode() not in (await redis.get("p:member:a") or b"")


async def fates(redis: Redis) -> dict[str, tuple[str, str | None]]:
    (delivery,), _ = await RedisDeliveries(redis).of_incident("i1", CITY, None, 10)
    return {r.member_id: (r.state, r.gap) for r in delivery.recipients}


async def test_what_became_of_each_recipient_is_shown_step_by_step(redis: Redis) -> None:
    projection = DeliveryProjection(redis, tuple(Lane))
    shown: list[dict[str, tuple[str, str | None]]] = []
    for item in STORY:
        await projection.apply([item])
        shown.append(await fates(redis))
    queued, out, no_gap = ("queued", None), ("attempting", None), ("accepted", None)
    gap, failed, expired = ("unreachable", "no-channel"), ("failed", None), ("expired", "expired")
    assert shown == [
        {"a": queued, "b": queued, "c": queued},
        {"a": out, "b": out, "c": queued},
        {"a": no_gap, "b": failed, "c": queued},
        {"a": no_gap, "b": failed, "c": gap},
        {"a": no_gap, "b": failed, "c": gap},
        {"a": no_gap, "b": expired, "c": gap},
        {"a": no_gap, "b": expired, "c": gap},
    ]


async def test_nobody_learns_that_there_are_deliveries_to_others(redis: Redis) -> None:
    projection, deliveries = DeliveryProjection(redis, tuple(Lane)), RedisDeliveries(redis)
    for number in range(5):
        path = OTHER_STATION if number % 2 else STATION
        changes = {"delivery_id": f"d{number}", "path": path, "at": T0 + timedelta(seconds=number)}
        await projection.apply([seen(DeliveryPlanned, f"d{number}", **{**PLAN, **changes})])

    async def page(subtree: str, after: str | None, limit: int) -> tuple[list[str], str | None]:
        found, more = await deliveries.of_incident("i1", subtree, after, limit)
        return [delivery.id for delivery in found], more

    assert await page(STATION, None, 2) == (["d0", "d2"], "d2")
    assert await page(STATION, "d2", 2) == (["d4"], None)
    assert await page(OTHER_STATION, None, 2) == (["d1", "d3"], None)
    assert await page(CITY, None, 4) == (["d0", "d1", "d2", "d3"], "d3")
    assert await page("/440300", None, 2) == ([], None)


async def test_folding_the_log_again_changes_nothing_that_is_shown(redis: Redis) -> None:
    projection = DeliveryProjection(redis, tuple(Lane))
    await projection.apply(STORY)
    before = await RedisDeliveries(redis).of_incident("i1", CITY, None, 10), await RedisInbox(redis).page("a", None, 10)
    await projection.apply(STORY)
    assert before == (
        await RedisDeliveries(redis).of_incident("i1", CITY, None, 10),
        await RedisInbox(redis).page("a", None, 10),
    )
    await redis.flushdb()
    await projection.apply(STORY)
    assert before == (
        await RedisDeliveries(redis).of_incident("i1", CITY, None, 10),
        await RedisInbox(redis).page("a", None, 10),
    )


async def test_an_inbox_shows_its_members_own_acknowledgement_and_the_withdrawal(redis: Redis) -> None:
    await DeliveryProjection(redis, tuple(Lane)).apply(STORY)
    mine, _ = await RedisInbox(redis).page("a", None, 10)
    others, _ = await RedisInbox(redis).page("b", None, 10)
    assert [(item.id, item.acknowledged_at, item.withdrawn) for item in mine] == [("d1", T0, "answered")]
    assert [item.acknowledged_at for item in others] == [None]
    assert (await RedisInbox(redis).page("c", None, 10)) == ([], None)


async def test_only_recipients_find_a_delivery(redis: Redis) -> None:
    await DeliveryProjection(redis, tuple(Lane)).apply(STORY)
    inbox = RedisInbox(redis)
    assert (await inbox.find("a", "d1")) is not None
    assert (await inbox.find("stranger", "d1")) is None
    assert (await inbox.find("a", "d2")) is None


async def test_an_inbox_is_paged_newest_first_while_new_messages_come(redis: Redis) -> None:
    projection = DeliveryProjection(redis, tuple(Lane))

    async def deliver(number: int) -> None:
        about = {**ABOUT, "delivery_id": f"d{number}", "at": T0 + timedelta(seconds=number)}
        await projection.apply(
            [
                seen(DeliveryPlanned, f"d{number}", **{**PLAN, **about}),
                seen(AttemptBegun, f"d{number}", **about, channel="inbox", recipient_ids=("a",)),
            ]
        )

    for number in range(5):
        await deliver(number)
    inbox = RedisInbox(redis)
    first, more = await inbox.page("a", None, 2)
    await deliver(5)
    second, more_still = await inbox.page("a", more, 2)
    last, end = await inbox.page("a", more_still, 2)
    assert [item.id for item in (*first, *second, *last)] == ["d4", "d3", "d2", "d1", "d0"]
    assert end is None


async def test_a_lanes_projection_leaves_the_others_alone(redis: Redis) -> None:
    await DeliveryProjection(redis, (Lane.EMERGENCY,)).apply(STORY)
    assert await redis.keys("*") == []


async def test_contents_say_whether_a_delivery_was_withdrawn(redis: Redis) -> None:
    projection, contents = DeliveryProjection(redis, tuple(Lane)), RedisContents(redis)
    assert await contents.find("d1") is None
    await projection.apply(STORY[:-1])
    content = await contents.find("d1")
    assert content is not None
    assert (content.plan, content.withdrawn) == (STORY[0].body, False)
    await projection.apply(STORY[-1:])
    content = await contents.find("d1")
    assert content is not None
    assert content.withdrawn


async def test_planner_and_log_remember_a_delivery_once(redis: Redis) -> None:
    planned = RedisPlannedDeliveries(redis)
    plan = STORY[0].body
    assert isinstance(plan, DeliveryPlanned)
    entry = Planned("d1", Lane.NORMAL, plan.purpose, plan.order_id)
    await planned.add("i1", [entry])
    await DeliveryProjection(redis, tuple(Lane)).apply(STORY)
    assert list(await planned.of("i1")) == [entry]
    assert list(await planned.of("i2")) == []


async def test_an_attempt_is_marked_once(redis: Redis) -> None:
    marks, now = RedisCallMarks(redis), SystemClock().now() + timedelta(seconds=5)
    assert [await marks.set("t1", now), await marks.set("t1", now), await marks.set("t2", now)] == [True, False, True]


async def test_what_began_before_marks_were_lost_may_have_been_called(redis: Redis) -> None:
    marks = RedisCallMarks(redis)
    begun_at = SystemClock().now() - timedelta(seconds=5)
    await marks.keep()
    assert not await marks.set("t1", begun_at)
    assert await marks.set("t2", SystemClock().now() + timedelta(seconds=5))


async def test_briefs_are_a_fold_of_each_incident(redis: Redis) -> None:
    briefs = RedisBriefs(redis, "p:")
    await briefs.apply([seen(IncidentReported, "i1", incident_id="i1", description="D")])
    assert (await briefs.find("i1")).description == "D"
    assert (await briefs.find("i2")).description == ""


async def test_a_bell_rings_for_those_whose_inbox_changes(redis: Redis) -> None:
    bell = InboxBell(redis)
    await bell.start()
    projection = DeliveryProjection(redis, tuple(Lane))
    with bell.listen("a") as mine, bell.listen("stranger") as others:
        while not await redis.pubsub_numpat():  # the subscription is there
            pass
        for item in (STORY[1], STORY[4]):
            mine.clear()
            await projection.apply([item])
            await mine.wait()
        await projection.apply([STORY[0]])
        mine.clear()
        await projection.apply([STORY[6]])
        await mine.wait()
        assert not others.is_set()
    await bell.stop()
