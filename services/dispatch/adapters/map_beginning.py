"""Where the live map begins: with what is folded in dispatch's own Redis, and from where on the log says more."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from redis.asyncio import Redis

from services.dispatch.adapters.redis_units import PREFIX
from services.dispatch.application.mapped_unit import MappedUnit
from services.dispatch.application.unit_map import UnitMap
from shared.contracts.topics import Topic
from shared.platform.projection import done_key, since_key
from shared.vocabulary.terms import DutyState

AT_ONCE: Final = 500
FIELDS = ("duty", "on_duty", "until_ms", "duty_sequence", "lon", "lat", "at_ms")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the directory held, at the least: by topic its store, and by partition the last offset that is folded.

    A partition of which nothing is folded is missing.
    """

    stores: Mapping[str, object]
    folded: Mapping[str, Mapping[int, int]]

    def has_lasted(self, later: "Mark") -> bool:
        """Whether nothing of it was lost until `later`."""
        return later.stores == self.stores and all(
            later.folded[topic].get(partition, -1) >= offset
            for topic, offsets in self.folded.items()
            for partition, offset in offsets.items()
        )


class MapBeginning:
    """Reads the unit directory; the keys are listed in redis_units.py."""

    def __init__(self, redis: "Redis", folded: str, topics: Sequence[Topic]) -> None:
        """`folded`: the name of the directory's projections."""
        self._redis = redis
        self._folded = folded
        self._topics = topics

    async def mark(self) -> Mark:
        """How far it is now."""
        stores = {t.name: await self._redis.get(since_key(self._folded, t)) for t in self._topics}
        return Mark(stores, {t.name: await self._offsets(t) for t in self._topics})

    async def read(self, units: UnitMap, now_ms: int) -> None:
        """Everything that the directory says of the units that the map knows."""
        ids = units.ids()
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            pipeline = self._redis.pipeline(transaction=False)
            for unit_id in some:
                pipeline.hmget(f"{PREFIX}unit:{unit_id}", FIELDS)
                pipeline.hkeys(f"{PREFIX}orders:{unit_id}")
                pipeline.pttl(f"{PREFIX}rest:{unit_id}")
            answers = iter(await pipeline.execute())
            for unit_id, found, orders, rests_ms in zip(some, answers, answers, answers, strict=True):
                unit = units.touch(unit_id)
                _begin(unit, [None if value is None else value.decode() for value in found])
                unit.orders = {order.decode() for order in orders}
                unit.rests_until_ms = now_ms + rests_ms if rests_ms > 0 else 0
                units.look_again(unit_id, unit.until_ms)
                units.look_again(unit_id, unit.rests_until_ms)

    async def _offsets(self, topic: Topic) -> Mapping[int, int]:
        stored = self._redis.hgetall(done_key(self._folded, topic))
        found = await cast("Awaitable[dict[bytes, bytes]]", stored)
        return {int(partition): int(offset) for partition, offset in found.items()}


def _begin(unit: MappedUnit, found: Sequence[str | None]) -> None:
    duty, on_duty, until_ms, sequence, lon, lat, seen_ms = found
    if duty is not None and on_duty is not None and until_ms is not None:
        unit.duty, unit.on_duty = DutyState(duty), tuple(json.loads(on_duty))
        unit.until_ms, unit.duty_sequence = int(until_ms), int(sequence or 0)
    if lon is not None and lat is not None and seen_ms is not None:
        unit.lon, unit.lat, unit.seen_ms = float(lon), float(lat), int(seen_ms)
