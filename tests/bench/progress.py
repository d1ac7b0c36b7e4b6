"""How far workers and peers have come, by the markers that they keep in Redis, and waiting for them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from shared.contracts.topics import PARTITIONS

LOOK_EVERY_S = 0.02

Ends = Mapping[int, int]
"""By partition: the offset that the next record will get."""
Done = Callable[[], Awaitable[Mapping[int, int]]]
"""By partition: the last offset that is done."""


async def end_offsets(bootstrap: str, topic: str) -> Ends:
    """What a topic holds now."""
    return (await all_end_offsets(bootstrap, [topic]))[topic]


async def all_end_offsets(bootstrap: str, topics: Sequence[str]) -> dict[str, dict[int, int]]:
    """What these topics hold now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        found = await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()
    ends: dict[str, dict[int, int]] = {topic: {} for topic in topics}
    for where, end in found.items():
        ends[where.topic][where.partition] = end
    return ends


def ledger_done(redis: "Redis", ledger: str) -> Done:
    """Of the platform's ledger of this name."""

    async def done() -> Mapping[int, int]:
        pipeline = redis.pipeline(transaction=False)
        for partition in range(PARTITIONS):
            pipeline.hget(f"{{{ledger}:{partition}}}:done", "offset")
        found = await pipeline.execute()
        return {number: int(offset) for number, offset in enumerate(found) if offset is not None}

    return done


def hash_done(redis: "Redis", key: str) -> Done:
    """Of a hash partition → offset: a projection's marker, or the bare ledger's."""

    async def done() -> Mapping[int, int]:
        found = await cast("Awaitable[dict[bytes, bytes]]", redis.hgetall(key))
        return {int(partition): int(offset) for partition, offset in found.items()}

    return done


async def until_done(done: Done, ends: Ends, within_s: float) -> float:
    """Wait until everything before `ends` is done; the time of that by `time.perf_counter`. TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            reached = await done()
            if all(reached.get(partition, -1) >= end - 1 for partition, end in ends.items()):
                return time.perf_counter()
            await asyncio.sleep(LOOK_EVERY_S)


async def eventually(condition: Callable[[], Awaitable[bool]], within_s: float) -> float:
    """Wait until the condition holds; the time of that by `time.perf_counter`. TimeoutError."""
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(LOOK_EVERY_S)
        return time.perf_counter()
