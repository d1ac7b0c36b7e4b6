"""Keeps a Directory by following the registry's compacted topics from their beginning."""

import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from services.checkin.adapters.kafka_registry import TOPIC_OF
from services.checkin.application.directory import Directory
from services.checkin.application.ports import Publication, PublishedKind
from shared.contracts.envelope import Undecodable
from shared.platform.dead_letters import understand
from shared.platform.kafka_clients import record_of, start_or_stop
from shared.platform.telemetry import get_logger

FOLLOWED: tuple[PublishedKind, ...] = ("station", "site", "unit")
_KIND_OF: dict[str, PublishedKind] = {TOPIC_OF[kind].name: kind for kind in FOLLOWED}
RETRY_S = 1.0
APPLY_AT_ONCE = 500
"""Records between two chances for requests to be answered."""

_log = get_logger("directory")


class DirectoryFeed:
    """Without a consumer group: every process reads everything."""

    def __init__(self, bootstrap: str, directory: Directory) -> None:
        self._bootstrap = bootstrap
        self._directory = directory
        self._behind: int | None = None

    async def check(self) -> str | None:
        """Readiness."""
        if self._directory.whole:
            return None
        return "not read yet" if self._behind is None else f"being read: {self._behind} partitions left"

    async def run(self) -> None:
        """Follow until cancelled; begins again from the start when the broker was away for long."""
        said = ""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                reason = f"{type(error).__name__}: {error}"
                if reason != said:
                    _log.warning("directory-interrupted", reason=reason)
                said = reason
            await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await start_or_stop(consumer)
        try:
            topics = [TOPIC_OF[kind] for kind in FOLLOWED]
            partitions = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
            consumer.assign(partitions)
            behind = dict(await consumer.end_offsets(partitions))
            while True:
                behind = {tp: end for tp, end in behind.items() if await consumer.position(tp) < end}
                self._directory.whole |= not behind
                self._behind = len(behind)
                for records in (await consumer.getmany(timeout_ms=500, max_records=APPLY_AT_ONCE)).values():
                    self._apply(records)
                await asyncio.sleep(0)
        finally:
            await consumer.stop()

    def _apply(self, records: Iterable[ConsumerRecord[bytes, bytes | None]]) -> None:
        for record in records:
            try:
                self._directory.apply(_publication(record))
            except Undecodable as error:
                _log.error("registry-record-skipped", topic=record.topic, offset=record.offset, reason=str(error))


def _publication(record: ConsumerRecord[bytes, bytes | None]) -> Publication:
    received = understand(record_of(record))
    envelope = received.envelope
    return Publication(_KIND_OF[record.topic], envelope.subject, envelope.sequence or 0, received.body)
