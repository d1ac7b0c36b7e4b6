"""Reading a stretch of a partition again, outside any consumer group: for rebuilds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.platform.clock import to_ms
from shared.platform.kafka_clients import let_go, record_of, start_or_stop
from shared.platform.records import Record

# What is read is there. A broker that waits for more at a partition's end keeps the next partition's answer back.
WAIT_FOR_MORE_MS = 10


class LogReader:
    """Reads ranges of one partition of one topic, one after another, over a connection that is kept.

    A rebuild reads a dozen partitions of each of several topics: connecting anew for each took most of its time.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None
        self._one_at_a_time = asyncio.Lock()

    async def read(
        self, topic: str, partition: int, start: int, end: int | None = None
    ) -> AsyncGenerator[list[Record]]:
        """Batches of the records with start <= offset < end; `end` None: up to what is there now.

        A start that retention has already removed begins at the earliest record left. Who does not read to the end
        closes it (contextlib.aclosing): others wait until then.
        """
        where = TopicPartition(topic, partition)
        async with self._reading(where) as consumer:
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
        async with self._reading(where) as consumer:
            return int((await consumer.end_offsets([where]))[where])

    async def offset_at(self, topic: str, partition: int, since: datetime) -> int | None:
        """The offset of the first record not older than `since`; None when there is none."""
        where = TopicPartition(topic, partition)
        async with self._reading(where) as consumer:
            found = (await consumer.offsets_for_times({where: to_ms(since)}))[where]
            return None if found is None else int(found.offset)

    async def close(self) -> None:
        """Close the connection. The next read would open another one."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    @asynccontextmanager
    async def _reading(self, where: TopicPartition) -> AsyncGenerator[AIOKafkaConsumer]:
        async with self._one_at_a_time:
            consumer = await self._connected(where)
            try:
                yield consumer
            except (KafkaError, OSError, asyncio.CancelledError):
                let_go(consumer.stop)
                self._consumer = None
                raise
            finally:
                if self._consumer is not None:
                    consumer.pause(where)  # fetches nothing ahead for nobody

    async def _connected(self, where: TopicPartition) -> AIOKafkaConsumer:
        if self._consumer is not None:
            self._consumer.assign([where])
            return self._consumer
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=WAIT_FOR_MORE_MS,
        )
        consumer.assign([where])
        await start_or_stop(consumer)
        self._consumer = consumer
        return consumer
