"""Who can be told: the registry's members and who is on duty, as a projection in Redis.

Under a prefix of the worker's: `member:<id>` (Member's JSON without the name), `officers-of:<station>`,
`officers-at:<path>` and `officers-in:<path>` (sets of member ids), `duty:<unit>` (hash: member → end of the lease in
ms), `on-duty-in:<path>` (set of units with somebody on duty).
"""

from collections.abc import Awaitable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, assert_never, cast

from redis.asyncio import Redis

from services.notify.application.audiences import (
    Audience,
    OfficersAt,
    OfficersOfStation,
    OfficersWithin,
    OnDutyWithin,
    Person,
    UnitOnDuty,
)
from shared.contracts.delivery import Recipient
from shared.contracts.duty import MemberCheckedIn, MemberCheckedOut, UnitDutyChanged
from shared.contracts.registry import Member
from shared.platform.clock import to_ms
from shared.platform.records import Received
from shared.vocabulary.terms import ChannelKind, Role

AT_ONCE = 1000


class MemberProjection:
    """Folds the registry's members."""

    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    async def apply(self, items: Sequence[Received]) -> None:
        latest = {item.envelope.subject: cast("Member | None", item.body) for item in items}
        known = await _members(self._redis, self._prefix, list(latest))
        pipeline = self._redis.pipeline(transaction=False)
        for member_id, member in latest.items():
            before = known.get(member_id)
            if before is not None:
                for key in self._indexes(before):
                    pipeline.srem(key, member_id)
            if member is None or not member.active:
                pipeline.delete(f"{self._prefix}member:{member_id}")
                continue
            pipeline.set(f"{self._prefix}member:{member_id}", member.model_copy(update={"name": ""}).model_dump_json())
            for key in self._indexes(member):
                pipeline.sadd(key, member_id)
        await pipeline.execute()

    def _indexes(self, member: Member) -> tuple[str, ...]:
        if member.role is not Role.OFFICER:
            return ()
        return (
            f"{self._prefix}officers-of:{member.station_id}",
            f"{self._prefix}officers-at:{member.path}",
            *(f"{self._prefix}officers-in:{path}" for path in _up(member.path)),
        )


class DutyProjection:
    """Folds the duty log."""

    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    async def apply(self, items: Sequence[Received]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for item in items:
            self._fold(pipeline, item.body)
        await pipeline.execute()

    def _fold(self, pipeline: Any, event: object) -> None:
        match event:
            case MemberCheckedIn():
                pipeline.hset(f"{self._prefix}duty:{event.unit_id}", event.member_id, to_ms(event.until))
                for path in _up(event.path):
                    pipeline.sadd(f"{self._prefix}on-duty-in:{path}", event.unit_id)
            case MemberCheckedOut():
                pipeline.hdel(f"{self._prefix}duty:{event.unit_id}", event.member_id)
            case UnitDutyChanged() if not event.on_duty:
                pipeline.delete(f"{self._prefix}duty:{event.unit_id}")
                for path in _up(event.path):
                    pipeline.srem(f"{self._prefix}on-duty-in:{path}", event.unit_id)
            case _:
                pass


class RedisPeople:
    """Finds an audience's people. Channels that this installation does not have are left out of theirs."""

    def __init__(self, redis: "Redis", prefix: str, channels: Collection[ChannelKind]) -> None:
        self._redis = redis
        self._prefix = prefix
        self._channels = frozenset(channels)

    async def find(self, audience: Audience, now: datetime) -> Sequence[Person]:
        ids = sorted(await self._ids(audience, now))
        people: list[Person] = []
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            members = await _members(self._redis, self._prefix, some)
            people += [self._person(members[member_id]) for member_id in some if member_id in members]
        return people

    async def _ids(self, audience: Audience, now: datetime) -> Iterable[str]:
        match audience:
            case UnitOnDuty():
                return await self._on_duty([audience.unit_id], now)
            case OnDutyWithin():
                return await self._on_duty(await self._set(f"on-duty-in:{audience.path}"), now)
            case OfficersOfStation():
                return await self._set(f"officers-of:{audience.station_id}")
            case OfficersAt():
                return await self._set(f"officers-at:{audience.path}")
            case OfficersWithin():
                return await self._set(f"officers-in:{audience.path}")
            case _:
                assert_never(audience)

    async def _set(self, name: str) -> list[str]:
        members = await cast("Awaitable[set[bytes]]", self._redis.smembers(self._prefix + name))
        return [member.decode() for member in members]

    async def _on_duty(self, units: Sequence[str], now: datetime) -> set[str]:
        """A lease that has run out counts for nothing, even when nobody has said so yet."""
        now_ms, found = to_ms(now), set[str]()
        for start in range(0, len(units), AT_ONCE):
            pipeline = self._redis.pipeline(transaction=False)
            for unit_id in units[start : start + AT_ONCE]:
                pipeline.hgetall(f"{self._prefix}duty:{unit_id}")
            for leases in cast("list[dict[bytes, bytes]]", await pipeline.execute()):
                found |= {member.decode() for member, until in leases.items() if int(until) > now_ms}
        return found

    def _person(self, member: Member) -> Person:
        channels = tuple(channel for channel in member.channels if channel.kind in self._channels)
        return Person(Recipient(member_id=member.member_id, channels=channels), member.language)


async def _members(redis: "Redis", prefix: str, ids: Sequence[str]) -> dict[str, Member]:
    if not ids:
        return {}
    keys = [f"{prefix}member:{member_id}" for member_id in ids]
    stored = await cast("Awaitable[list[bytes | None]]", redis.mget(keys))
    found = zip(ids, stored, strict=True)
    return {member_id: Member.model_validate_json(value) for member_id, value in found if value is not None}


def _up(path: str) -> list[str]:
    """A node and everything above it."""
    codes = path.split("/")[1:]
    return ["/" + "/".join(codes[:depth]) for depth in range(1, len(codes) + 1)]
