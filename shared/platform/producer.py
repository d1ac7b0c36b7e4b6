"""The idempotent producer that a process shares."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.structs import RecordMetadata

from shared.contracts.envelope import EncodedRecord
from shared.platform.kafka_clients import start_or_stop
from shared.platform.tracing import on_the_wire

MAX_REQUEST_BYTES = 2_000_000  # a dead letter holds an oversize record and its reason


class EventProducer:
    """acks=all and idempotent. `publish` returns only when the brokers have every record."""

    def __init__(self, bootstrap: str, linger_ms: int = 0) -> None:
        self._bootstrap = bootstrap
        self._linger_ms = linger_ms
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect. Raises KafkaConnectionError while no broker answers."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=self._linger_ms,
            max_request_size=MAX_REQUEST_BYTES,
            request_timeout_ms=20_000,
        )
        await start_or_stop(producer)
        self._producer = producer

    async def stop(self) -> None:
        """Flush and close."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def publish(self, topic: str, records: Sequence[tuple[EncodedRecord, int | None]]) -> list[RecordMetadata]:
        """Publish (record, partition) pairs in order; partition None: by the key's murmur2, as Java does."""
        producer = self._connected()
        futures: list[asyncio.Future[RecordMetadata]] = []
        for (key, value, headers), partition in records:
            sent = producer.send(topic, value, key=key, partition=partition, headers=on_the_wire(headers))
            futures.append(await sent)
        return list(await asyncio.gather(*futures))

    async def publish_one(self, topic: str, record: EncodedRecord, partition: int | None = None) -> RecordMetadata:
        """Publish one record and wait for it."""
        return (await self.publish(topic, [(record, partition)]))[0]

    async def publish_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> RecordMetadata:
        """Publish bytes as they are: dead letters and tombstones."""
        return await self._connected().send_and_wait(topic, value, key=key, headers=list(headers))

    def _connected(self) -> Any:
        if self._producer is None:
            raise KafkaConnectionError("not connected yet")
        return self._producer


_partitioner = DefaultPartitioner()


def partition_of(aggregate_id: str, partitions: int) -> int:
    """The partition that every client's murmur2 partitioner gives to this key."""
    numbers = list(range(partitions))
    return int(_partitioner(aggregate_id.encode(), numbers, numbers))
