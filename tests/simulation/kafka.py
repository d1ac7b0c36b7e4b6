"""The clients that a process has of the log: producer and reader."""

from collections.abc import AsyncIterator, Sequence

from aiokafka.structs import RecordMetadata, TopicPartition

from shared.contracts.envelope import EncodedRecord
from shared.platform.records import Record
from tests.simulation.log import Log
from tests.simulation.process import Process

READ_AT_ONCE = 25


class Producer:
    """Plays EventProducer: between any two records the process may fail."""

    def __init__(self, log: Log, process: Process) -> None:
        self._log = log
        self._process = process

    async def publish(self, topic: str, records: Sequence[tuple[EncodedRecord, int | None]]) -> list[RecordMetadata]:
        return [await self.publish_one(topic, encoded, partition) for encoded, partition in records]

    async def publish_one(self, topic: str, record: EncodedRecord, partition: int | None = None) -> RecordMetadata:
        written = await self._process.outward(f"publish to {topic}", lambda: self._log.append(topic, record, partition))
        where = TopicPartition(topic, written.partition)
        return RecordMetadata(topic, written.partition, where, written.offset, None, 0, 0)

    async def publish_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> RecordMetadata:
        return await self.publish_one(topic, (key or b"", value, list(headers)))


class Reader:
    """Plays LogReader."""

    def __init__(self, log: Log, process: Process) -> None:
        self._log = log
        self._process = process

    async def read(self, topic: str, partition: int, start: int, end: int | None = None) -> AsyncIterator[list[Record]]:
        last = await self.end_offset(topic, partition)
        stop = last if end is None else min(end, last)
        for first in range(start, stop, READ_AT_ONCE):
            until = min(first + READ_AT_ONCE, stop)
            yield await self._process.outward(
                f"read {topic}", lambda first=first, until=until: self._log.read(topic, partition, first, until)
            )

    async def end_offset(self, topic: str, partition: int) -> int:
        return await self._process.outward(f"ask for the end of {topic}", lambda: self._log.end(topic, partition))
