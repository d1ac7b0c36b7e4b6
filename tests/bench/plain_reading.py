"""Reading topics from their beginning with aiokafka, and nothing done with what is read."""

import time
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import PARTITIONS
from tests.bench.load import run


def read_all(bootstrap: str, topics: Sequence[str]) -> tuple[int, float]:
    """In the load process: how many records there were, and the seconds from the first fetch to the last record."""
    return run(_read_all(bootstrap, topics))


async def _read_all(bootstrap: str, topics: Sequence[str]) -> tuple[int, float]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    partitions = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
    consumer.assign(partitions)
    started = time.perf_counter()
    await consumer.start()
    try:
        count = 0
        behind = {where: end for where, end in (await consumer.end_offsets(partitions)).items() if end > 0}
        while behind:
            for records in (await consumer.getmany(timeout_ms=200, max_records=5000)).values():
                count += len(records)
            behind = {where: end for where, end in behind.items() if await consumer.position(where) < end}
        return count, time.perf_counter() - started
    finally:
        await consumer.stop()
