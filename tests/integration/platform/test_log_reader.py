"""Reading stretches of partitions again, on the real broker."""

import asyncio
import time
from contextlib import aclosing

from shared.contracts.topics import SITES, Topic
from shared.platform.log_reader import LogReader
from shared.platform.producer import EventProducer
from shared.platform.settings import PlatformSettings

BROKER_WAITS_S = 0.5
"""How long a broker keeps an answer back, unless it is asked not to, when there is nothing more to send."""
FOLDING_S = 0.02
"""Meanwhile the reader asks for more ahead."""


async def test_reading_one_partition_after_another_waits_for_nothing_at_their_ends(settings: PlatformSettings) -> None:
    await _one_record_each(settings, SITES)
    reader = LogReader(settings.kafka_bootstrap)
    await _read(reader, SITES, 0)  # connects
    started = time.perf_counter()
    for partition in range(SITES.partitions):
        assert await _read(reader, SITES, partition) >= 1
    took = time.perf_counter() - started
    await reader.close()
    assert took < SITES.partitions * BROKER_WAITS_S / 2


async def _one_record_each(settings: PlatformSettings, topic: Topic) -> None:
    producer = EventProducer(settings.kafka_bootstrap)
    await producer.start()
    for partition in range(topic.partitions):
        await producer.publish_one(topic.name, (b"k", b"{}", []), partition)
    await producer.stop()


async def _read(reader: LogReader, topic: Topic, partition: int) -> int:
    count = 0
    async with aclosing(reader.read(topic.name, partition, 0)) as batches:
        async for batch in batches:
            await asyncio.sleep(FOLDING_S)
            count += len(batch)
    return count
