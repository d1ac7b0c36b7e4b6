"""Redis may forget in any moment; what is folded then is folded again, without a gap."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from redis.asyncio import Redis

from services.dispatch.adapters.incident_projection import IncidentProjection
from services.dispatch.adapters.redis_incident_views import RedisIncidentViews
from services.dispatch.adapters.redis_unit_orders import RedisUnitOrders
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import INCIDENTS
from shared.platform.dead_letters import understand
from shared.platform.projection import Projector, StoreLost, done_key
from shared.platform.records import Received, Record
from tests.integration.dispatch.directory import NOW, StoppedClock, issued

NAME = "dispatch:test"
UNITS = ["u1", "u2", "u3", "u4"]


def record(number: int, sequence: int, unit_id: str) -> Record:
    body = issued(unit_id, order_id=f"order-{unit_id}")
    envelope = Envelope(f"e{sequence}", "/test", body.ce_type(), "i1", NOW, "c", sequence=sequence)
    key, value, headers = encode(envelope, body)
    return Record(INCIDENTS.name, 3, number, NOW, key, value, dict(headers))


class Log:
    """Plays the reader."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records

    async def read(self, topic: str, partition: int, start: int, end: int) -> AsyncIterator[list[Record]]:
        yield [record for record in self.records if start <= record.offset < end]


class Understanding:
    """Plays the dead letters; everything is understood."""

    async def receive(self, records: Sequence[Record]) -> list[Received]:
        return [understand(record) for record in records]


class Striking:
    """A projection during or after whose work something happens once."""

    def __init__(self, projection: IncidentProjection) -> None:
        self._projection = projection
        self.before: Callable[[], Awaitable[Any]] | None = None
        self.after: Callable[[], Awaitable[Any]] | None = None

    async def apply(self, items: Sequence[Received]) -> None:
        before, self.before = self.before, None
        if before is not None:
            await before()
        await self._projection.apply(items)
        after, self.after = self.after, None
        if after is not None:
            await after()


class World:
    def __init__(self, redis: Redis, sequences: Sequence[int] = (1, 2, 3, 4)) -> None:
        self.redis = redis
        self.log = [record(n, s, UNITS[n]) for n, s in enumerate(sequences)]
        self.views = RedisIncidentViews(redis)
        foldings = (RedisUnitOrders(redis, clock=StoppedClock(), rest_s=0), self.views)
        marker = done_key(NAME, INCIDENTS)
        self.projection = Striking(IncidentProjection(redis, foldings, marker=marker))
        parts: dict[str, Any] = {"reader": Log(self.log), "dead_letters": Understanding(), "clock": StoppedClock()}
        self.projector = Projector(NAME, INCIDENTS, self.projection, redis=redis, **parts)

    async def handle(self, *numbers: int) -> int:
        """Fold these records as the stream does, again for as long as it fails; gives the number of tries."""
        tries = 0
        while True:
            tries += 1
            try:
                await self.projector.handle([self.log[n] for n in numbers])
            except StoreLost:
                continue
            return tries

    async def folded(self) -> tuple[list[int], list[str]]:
        """Sequences in the view, units with an order."""
        events = await self.views.events("i1", 0, 10)
        held = [unit for unit in UNITS if await self.redis.exists(f"{{dispatch:units}}:orders:{unit}")]
        return [event["sequence"] for event in events], held


@pytest.fixture
async def world(redis_url: str) -> AsyncGenerator[World]:
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
        yield World(redis)


@pytest.mark.parametrize("moment", ["between", "before", "after"])
async def test_what_was_lost_in_any_moment_is_folded_again(world: World, moment: str) -> None:
    """Between two batches; after the marker was read; after the batch was written but before it was marked."""
    await world.handle(0, 1)
    if moment == "between":
        await world.redis.flushdb()
    else:
        setattr(world.projection, moment, world.redis.flushdb)
    tries = await world.handle(2, 3)
    assert await world.folded() == ([1, 2, 3, 4], UNITS)
    assert tries == (1 if moment == "between" else 2)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_what_was_lost_while_the_first_batch_was_written_is_folded_again(world: World, moment: str) -> None:
    """There is no marker before it and none after the loss: the store tells that it is another one."""
    setattr(world.projection, moment, world.redis.flushdb)
    assert await world.handle(0, 1, 2, 3) == 2
    assert await world.folded() == ([1, 2, 3, 4], UNITS)


async def test_records_seen_before_change_nothing(world: World) -> None:
    await world.handle(0, 1, 2)
    assert await world.handle(1, 2, 3) == 1
    assert await world.folded() == ([1, 2, 3, 4], UNITS)


async def test_a_gap_that_is_in_the_log_itself_is_gone_over(redis_url: str) -> None:
    """The second event was poison and lies with the dead letters."""
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
        world = World(redis, sequences=(1, 3, 4))
        assert await world.handle(0, 1) == 2
        assert await world.handle(2) == 1
        assert await world.folded() == ([1, 3, 4], UNITS[:3])
