"""Records of the log as happenings: from the stream, and read again outside of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing

from services.analytics.application.ingest import Ingest
from services.analytics.application.ports import Happening
from shared.contracts.envelope import Undecodable
from shared.contracts.topics import Topic
from shared.platform.dead_letters import DeadLetters, understand
from shared.platform.log_reader import LogReader
from shared.platform.records import Received, Record
from shared.platform.stream import Handle


class KafkaLog:
    """Implements `Log`."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader

    async def after(self, topic: Topic, kept: Mapping[int, int]) -> AsyncIterator[Sequence[Happening]]:
        for partition in range(topic.partitions):
            async with aclosing(self._reader.read(topic.name, partition, kept.get(partition, -1) + 1)) as batches:
                async for records in batches:
                    happenings = [_happening(received) for received in _understood(records)]
                    if happenings:
                        yield happenings


def handler(ingest: Ingest, topic: Topic, dead_letters: DeadLetters) -> Handle:
    """The stream handler that keeps a topic's records and buries those that do not keep their contract."""

    async def handle(records: Sequence[Record]) -> None:
        await ingest.take(topic, [_happening(received) for received in await dead_letters.receive(records)])

    return handle


def _understood(records: Sequence[Record]) -> list[Received]:
    understood: list[Received] = []
    for record in records:
        try:
            understood.append(understand(record))
        except Undecodable:
            continue  # buried by the stream, which comes or came past it
    return understood


def _happening(received: Received) -> Happening:
    record, envelope = received.record, received.envelope
    return Happening(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        event_id=envelope.id,
        subject=envelope.subject,
        type=envelope.type,
        sequence=envelope.sequence or 0,
        time=envelope.time,
        body=received.body,
    )
