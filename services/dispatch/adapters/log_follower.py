"""Topics followed by each API process for itself: no group, no acknowledgement."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.envelope import Undecodable
from shared.contracts.topics import Topic
from shared.platform.clock import to_ms
from shared.platform.dead_letters import understand
from shared.platform.kafka_clients import record_of, start_or_stop
from shared.platform.records import Received, Record
from shared.platform.telemetry import get_logger

AT_ONCE: Final = 200
AT_ONCE_S: Final = 0.005
"""Then whoever else waits for the event loop has a turn."""

Offsets = Mapping[TopicPartition, int]

_log = get_logger("log-follower")


class LogFollower:
    """Hands out every record from given offsets on, in the order of each partition, for ever."""

    def __init__(self, bootstrap: str, topics: Sequence[Topic], hand_out: Callable[[Received], None]) -> None:
        """`hand_out` must not block."""
        self._bootstrap = bootstrap
        self._partitions = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
        self._hand_out = hand_out
        self._next: dict[TopicPartition, int] = {}
        self._ends: Offsets = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._task: asyncio.Task[None] | None = None
        self.has_caught_up = asyncio.Event()
        """Set once all is handed out that was there at the start."""

    async def connect(self) -> Offsets:
        """The ends of all partitions. Raises KafkaError while no broker answers."""
        await self.stop()
        self._consumer = await self._connected()
        self._ends = {where: int(end) for where, end in (await self._consumer.end_offsets(self._partitions)).items()}
        return self._ends

    async def first_since(self, topic: Topic, since: datetime) -> Offsets:
        """By partition of a topic, the first record not older than `since`; the end where there is none."""
        assert self._consumer is not None
        asked = {where: to_ms(since) for where in self._partitions if where.topic == topic.name}
        found = await self._consumer.offsets_for_times(asked)
        return {where: self._ends[where] if at is None else int(at.offset) for where, at in found.items()}

    def follow(self, start: Offsets) -> None:
        """Hand out from `start`, which names every partition. After `connect`."""
        assert self._consumer is not None
        self._next = dict(start)
        self._look_whether_caught_up()
        self._task = asyncio.create_task(self._follow(self._consumer), name="log-follower")

    async def stop(self) -> None:
        """Follow no longer."""
        task, self._task = self._task, None
        consumer, self._consumer = self._consumer, None
        self.has_caught_up.clear()
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        elif consumer is not None:
            await consumer.stop()

    async def check(self) -> str | None:
        """Readiness."""
        return None if self._task is not None and not self._task.done() else "not followed"

    async def _connected(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None, auto_offset_reset="earliest")
        consumer.assign(self._partitions)
        await start_or_stop(consumer)
        return consumer

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            try:
                for where, offset in self._next.items():
                    consumer.seek(where, offset)
                await self._read(consumer)
            except (KafkaError, OSError) as error:
                _log.warning("broken-off", reason=f"{type(error).__name__}: {error}")
            finally:
                await consumer.stop()
            consumer = await self._reconnected()

    async def _reconnected(self) -> AIOKafkaConsumer:
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(KafkaError, OSError):
                return await self._connected()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
            pause_at = time.perf_counter() + AT_ONCE_S
            for where, found in fetched.items():
                for each in found:
                    self._next[where] = each.offset + 1
                    item = understood(record_of(each))
                    if item is not None:
                        self._hand_out(item)
                    if time.perf_counter() > pause_at:
                        await asyncio.sleep(0)
                        pause_at = time.perf_counter() + AT_ONCE_S
            if not self.has_caught_up.is_set():
                # Compaction may have removed the last records before an end: the position tells, not they.
                self._next = {where: await consumer.position(where) for where in self._partitions}
                self._look_whether_caught_up()

    def _look_whether_caught_up(self) -> None:
        if all(self._next[where] >= end for where, end in self._ends.items()):
            self.has_caught_up.set()


def understood(record: Record) -> Received | None:
    """None for a record that is no event of its topic: those who fold the topic have buried it."""
    try:
        return understand(record)
    except Undecodable:
        return None
