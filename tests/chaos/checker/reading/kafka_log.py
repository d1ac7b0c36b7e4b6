"""Everything that lies on the topics at one moment, and how far the groups are."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests.chaos.checker.contracts import COMMANDS, POSITIONS, READ
from tests.chaos.checker.log import Log, Place, Record
from tests.chaos.checker.reading.records import Bytes, dead_letter_of, fixes_of, in_order, record_of

AT_ONCE = 5_000
FETCH_BYTES = 4 * 2**20
Ends = Mapping[TopicPartition, int]
Committed = Mapping[tuple[str, str, int], int]


class KafkaLog:
    """A reader outside of every group."""

    def __init__(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> None:
        self._consumer = consumer
        self._admin = admin

    async def event_ends(self) -> Ends:
        """Where the topics end that deciders and clients write to, ticks apart."""
        return await self._ends([topic for topic in READ if topic not in COMMANDS])

    async def committed(self) -> Committed:
        """(group, topic, partition) → the offset from which the group reads on."""
        groups = sorted({name for name, *_ in await self._admin.list_consumer_groups()})
        return {
            (group, partition.topic, partition.partition): found.offset
            for group in groups
            for partition, found in (await self._admin.list_consumer_group_offsets(group)).items()
            if found.offset >= 0
        }

    async def read(self, event_ends: Ends, committed: Committed, injected: Mapping[Place, str]) -> Log:
        """The log up to these ends, and the commands up to now: every event's origin is among them."""
        ends = {**event_ends, **await self._ends(COMMANDS)}
        records: dict[str, list[Record]] = {topic: [] for topic in READ if topic != POSITIONS}
        fixes: set[int] = set()
        async for raw in self._each(ends):
            if raw.topic == POSITIONS:
                fixes.update(fixes_of(raw))
            else:
                records[raw.topic].append(record_of(raw))
        letters = [dead_letter_of(raw) async for raw in self._each(await self._ends(_dlq(READ)))]
        return Log(
            records={topic: in_order(found) for topic, found in records.items()},
            ends={(partition.topic, partition.partition): end for partition, end in ends.items()},
            committed=committed,
            fixes=fixes,
            dead_letters=letters,
            injected=injected,
        )

    async def _ends(self, topics: Collection[str]) -> Ends:
        """LookupError when a topic is not there: of what was never read nothing could be said."""
        described = await self._admin.describe_topics(list(topics))
        partitions = {topic["topic"]: [part["partition"] for part in topic["partitions"]] for topic in described}
        missing = [topic for topic in topics if not partitions.get(topic)]
        if missing:
            raise LookupError(f"no such topics: {', '.join(missing)}")
        return await self._consumer.end_offsets(
            [TopicPartition(topic, n) for topic in topics for n in partitions[topic]]
        )

    async def _each(self, ends: Ends) -> AsyncIterator[Bytes]:
        """Each record below these ends, partitions in any order."""
        left = {partition for partition, end in ends.items() if end > 0}
        self._consumer.assign(list(left))
        for partition, begin in (await self._consumer.beginning_offsets(list(left))).items():
            self._consumer.seek(partition, begin)
        while left:
            batches = await self._consumer.getmany(timeout_ms=500, max_records=AT_ONCE)
            for partition, batch in batches.items():
                for raw in batch:
                    if raw.offset < ends[partition]:
                        yield raw
            done = {partition for partition in left if await self._consumer.position(partition) >= ends[partition]}
            left -= done
            self._consumer.pause(*done)


@asynccontextmanager
async def kafka_log(bootstrap: str) -> AsyncIterator[KafkaLog]:
    """Connected until the end of the block."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=FETCH_BYTES,
        check_crcs=False,
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    async with consumer:
        await admin.start()
        try:
            yield KafkaLog(consumer, admin)
        finally:
            await admin.close()


def _dlq(topics: Iterable[str]) -> list[str]:
    return [f"{topic}.dlq" for topic in topics]
