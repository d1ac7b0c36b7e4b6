"""Reading a stretch of a partition again, outside any consumer group: for rebuilds."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.platform.clock import to_ms
from shared.platform.kafka_clients import record_of, start_or_stop
from shared.platform.records import Record


class LogReader:
    """Reads ranges of one partition of one topic."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def read(self, topic: str, partition: int, start: int, end: int | None = None) -> AsyncIterator[list[Record]]:
        """Batches of the records with start <= offset < end; `end` None: up to what is there now.

        A start that retention has already removed begins at the earliest record left.
        """
        where = TopicPartition(topic, partition)
        async with self._consumer(where) as consumer:
            first = (await consumer.beginning_offsets([where]))[where]
            last = (await consumer.end_offsets([where]))[where]
            stop = last if end is None else min(end, last)
            position = max(start, first)
            if position >= stop:
                return
            consumer.seek(where, position)
            while position < stop:
                fetched = await consumer.getmany(where, timeout_ms=1000, max_records=2000)
                batch = [record_of(item) for item in fetched.get(where, []) if item.offset < stop]
                # Compaction leaves gaps at the end of a range, so the position decides, not the last record.
                position = await consumer.position(where)
                if batch:
                    yield batch

    async def end_offset(self, topic: str, partition: int) -> int:
        """The offset that the next record of this partition will get."""
        where = TopicPartition(topic, partition)
        async with self._consumer(where) as consumer:
            return int((await consumer.end_offsets([where]))[where])

    async def offset_at(self, topic: str, partition: int, since: datetime) -> int | None:
        """The offset of the first record not older than `since`; None when there is none."""
        where = TopicPartition(topic, partition)
        async with self._consumer(where) as consumer:
            found = (await consumer.offsets_for_times({where: to_ms(since)}))[where]
            return None if found is None else int(found.offset)

    @asynccontextmanager
    async def _consumer(self, where: TopicPartition) -> AsyncGenerator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
        )
        consumer.assign([where])
        await start_or_stop(consumer)
        try:
            yield consumer
        finally:
            await consumer.stop()
