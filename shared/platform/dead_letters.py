"""What could not be processed goes to `<topic>.dlq` with its reason, and its neighbours are processed."""

from collections.abc import Sequence

from shared.contracts.envelope import Undecodable, decode, decode_body
from shared.contracts.topics import TOPICS, topic_named
from shared.platform.producer import EventProducer
from shared.platform.records import Received, Record
from shared.platform.telemetry import DEAD_LETTERS, get_logger

_log = get_logger("dead-letters")

for _topic in TOPICS:
    DEAD_LETTERS.labels(_topic.name)  # shown as 0, so that the first one is seen as an increase


class DeadLetters:
    """Writes dead letters: the original bytes, key and headers, and `dlq_*` headers that say why and from where."""

    def __init__(self, producer: EventProducer, consumer: str) -> None:
        self._producer = producer
        self._consumer = consumer

    async def bury(self, record: Record, reason: str) -> None:
        """Durable on return. Repeated for one record it writes another copy with the same source offset."""
        headers = [
            *((name, value) for name, value in record.headers.items() if not name.startswith("dlq_")),
            ("dlq_reason", reason[:2000].encode()),
            ("dlq_topic", record.topic.encode()),
            ("dlq_partition", str(record.partition).encode()),
            ("dlq_offset", str(record.offset).encode()),
            ("dlq_consumer", self._consumer.encode()),
        ]
        await self._producer.publish_raw(f"{record.topic}.dlq", record.key, record.value, headers)
        DEAD_LETTERS.labels(record.topic).inc()
        _log.warning(
            "dead-letter",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason[:300],
        )

    async def receive(self, records: Sequence[Record]) -> list[Received]:
        """The records that keep their contract, in order; the others are buried."""
        received: list[Received] = []
        for record in records:
            try:
                received.append(understand(record))
            except Undecodable as error:
                await self.bury(record, str(error))
        return received


def understand(record: Record) -> Received:
    """Envelope and body of a record, by its topic's contract. Raises Undecodable."""
    envelope = decode(record.key, record.value, record.headers)
    if record.key != envelope.subject.encode():
        raise Undecodable(f"key {record.key!r} is not the subject {envelope.subject!r}")
    topic = topic_named(record.topic)
    if record.value is None and topic.compacted:
        return Received(record, envelope, None)
    return Received(record, envelope, decode_body(topic, envelope, record.value))
