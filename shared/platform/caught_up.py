"""Whether what is on the log now has been dealt with: folded by a projection, or decided by a ledger."""

import asyncio
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from redis.asyncio import Redis

from shared.contracts.topics import Topic
from shared.platform.kafka_clients import let_go, start_or_stop
from shared.platform.ledger_store import LedgerStore
from shared.platform.projection import done_key
from shared.platform.telemetry import get_logger

WITHIN_S = 2.0
LOOK_EVERY_S = 0.01

_log = get_logger("caught-up")


class Progress(Protocol):
    """How far somebody has come with a topic."""

    async def done(self, topic: Topic) -> Mapping[int, int]:
        """By partition, the last offset that was dealt with; a partition is missing when that is not known."""
        ...


class Folded:
    """What the Projectors of this name have folded."""

    def __init__(self, redis: "Redis", projection: str) -> None:
        self._redis = redis
        self._projection = projection

    async def done(self, topic: Topic) -> Mapping[int, int]:
        stored = self._redis.hgetall(done_key(self._projection, topic))
        offsets = await cast("Awaitable[dict[bytes, bytes]]", stored)
        return {int(partition): int(offset) for partition, offset in offsets.items()}


class Decided:
    """What the ledger of this store has decided of its command topic."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    async def done(self, topic: Topic) -> Mapping[int, int]:
        views = await self._store.read(dict.fromkeys(range(topic.partitions), ((), None)))
        return {partition: view.done for partition, view in views.items() if view.done is not None}


class CaughtUp:
    """Guards what must not act on what it only half knows: after a standstill, or while a lost store is read again."""

    def __init__(self, bootstrap: str, progress: Progress, topics: Sequence[Topic], *, give_up_after_s: float) -> None:
        """Whoever stays behind for longer than `give_up_after_s` is not waited for."""
        self._bootstrap = bootstrap
        self._progress = progress
        self._topics = topics
        self._partitions = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
        self._give_up_after_s = give_up_after_s
        self._consumer: AIOKafkaConsumer | None = None
        self._behind_since: float | None = None

    async def wait(self) -> None:
        """Return once all is dealt with that is in the log now. TimeoutError (try again) when it takes long."""
        try:
            async with asyncio.timeout(WITHIN_S):
                ends = await self._ends()
                while await self._behind(ends):  # noqa: ASYNC110 - it may be another process's doing
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
            raise TimeoutError(f"not all of {names} is dealt with") from error
        _log.error("acting-on-old-knowledge", topics=names)

    async def _ends(self) -> Mapping[TopicPartition, int]:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None, enable_auto_commit=False)
            await start_or_stop(consumer)
            self._consumer = consumer
        try:
            return await self._consumer.end_offsets(self._partitions)
        except (KafkaError, OSError, asyncio.CancelledError):
            # After a broker was away, one that was connected before may never answer again.
            let_go(self._consumer.stop)
            self._consumer = None
            raise

    async def _behind(self, ends: Mapping[TopicPartition, int]) -> bool:
        done = {
            TopicPartition(topic.name, partition): offset
            for topic in self._topics
            for partition, offset in (await self._progress.done(topic)).items()
        }
        return any(done.get(partition, -1) < end - 1 for partition, end in ends.items())
