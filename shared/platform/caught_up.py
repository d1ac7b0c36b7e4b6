"""Whether projections know what the log knew when they were asked."""

import asyncio
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from shared.contracts.topics import Topic
from shared.platform.kafka_clients import start_or_stop
from shared.platform.projection import done_key
from shared.platform.telemetry import get_logger

WITHIN_S = 2.0
LOOK_EVERY_S = 0.01

_log = get_logger("caught-up")


class CaughtUp:
    """Guards what must not act on what it only half knows: after a standstill, or while a lost store is read again."""

    def __init__(
        self, bootstrap: str, redis: "Redis", projection: str, topics: Sequence[Topic], *, give_up_after_s: float
    ) -> None:
        """`projection`: the name of the Projectors. One that stays behind is not waited for for ever."""
        self._bootstrap = bootstrap
        self._redis = redis
        self._projection = projection
        self._topics = topics
        self._partitions = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
        self._give_up_after_s = give_up_after_s
        self._consumer: AIOKafkaConsumer | None = None
        self._behind_since: float | None = None

    async def wait(self) -> None:
        """Return once everything is folded that is in the log now. TimeoutError (try again) when it takes long."""
        ends = await self._ends()
        try:
            async with asyncio.timeout(WITHIN_S):
                while await self._behind(ends):  # noqa: ASYNC110 - the projections may be another process's
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            self._give_up_or_raise(error)
        else:
            self._behind_since = None

    async def close(self) -> None:
        """Close the connection."""
        if self._consumer is not None:
            await self._consumer.stop()

    def _give_up_or_raise(self, error: TimeoutError) -> None:
        names = ", ".join(topic.name for topic in self._topics)
        now = time.monotonic()
        self._behind_since = self._behind_since or now
        if now - self._behind_since < self._give_up_after_s:
            raise TimeoutError(f"the projections of {names} are behind their logs") from error
        _log.error("acting-on-old-knowledge", topics=names)

    async def _ends(self) -> Mapping[TopicPartition, int]:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None, enable_auto_commit=False)
            await start_or_stop(consumer)
            self._consumer = consumer
        return await self._consumer.end_offsets(self._partitions)

    async def _behind(self, ends: Mapping[TopicPartition, int]) -> bool:
        done: dict[TopicPartition, int] = {}
        for topic in self._topics:
            stored = self._redis.hgetall(done_key(self._projection, topic))
            for partition, offset in (await cast("Awaitable[dict[bytes, bytes]]", stored)).items():
                done[TopicPartition(topic.name, int(partition))] = int(offset)
        return any(done.get(partition, -1) < end - 1 for partition, end in ends.items())
