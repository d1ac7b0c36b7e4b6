"""A consumer group on the real broker: nothing is passed over when its members change."""

import asyncio
from collections.abc import Sequence

from aiokafka import TopicPartition

from shared.platform.producer import EventProducer
from shared.platform.records import Record
from shared.platform.settings import PlatformSettings
from shared.platform.stream import StreamGroup
from tests.fakes.tally import DECIDING

TOPIC = DECIDING.events
PARTITION = TopicPartition(TOPIC.name, 0)
RECORDS = 100


async def never(_: Record, reason: str) -> None:
    raise AssertionError(reason)


async def test_a_partition_without_a_commit_is_read_again_from_its_beginning(settings: PlatformSettings) -> None:
    """When a group has changed, Faust drops what it holds and goes back to what is committed: here, to nothing."""
    may_end = asyncio.Event()

    async def handle(_: Sequence[Record]) -> None:
        await may_end.wait()

    producer = EventProducer(settings.kafka_bootstrap)
    await producer.start()
    await producer.publish(TOPIC.name, [((b"k", b"v", []), PARTITION.partition)] * RECORDS)
    await producer.stop()
    group = StreamGroup("passed-over", settings.kafka_bootstrap)
    group.subscribe(TOPIC.name, handle, never)
    await group.start()
    try:
        async with asyncio.timeout(60):
            while PARTITION.partition not in group.assignment().get(TOPIC.name, []):
                await asyncio.sleep(0.05)
            consumer = group._app.consumer
            while await consumer.position(PARTITION) != RECORDS:
                await asyncio.sleep(0.05)
            consumer.pause_partitions([PARTITION])
            await consumer.perform_seek()
            assert await consumer.position(PARTITION) == 0
    finally:
        may_end.set()
        await group.stop()
