"""Records that no well-behaved client writes: repeats, old ones after new ones, poison, and what is too large."""

import json
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path
from random import Random
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contracts.topics import (
    CHECKIN_COMMANDS,
    DELIVERIES,
    DISPATCH_COMMANDS,
    DUTY,
    INCIDENTS,
    NOTIFY_EMERGENCY,
    POSITIONS,
    Topic,
)
from tests.chaos.notes import Notes, now

TOPICS: Sequence[Topic] = (
    CHECKIN_COMMANDS,
    DUTY,
    POSITIONS,
    DISPATCH_COMMANDS,
    INCIDENTS,
    NOTIFY_EMERGENCY,
    DELIVERIES,
)
AT_ONCE = 12
LOOK_BACK = 200
OVERSIZE_BYTES = 900_000  # the brokers take it, no contract does
TICK = b"meu.platform.tick"
INJECTED, REPEATS = "injected", "injected-repeats"
"""Headers by which a record is known as ours: of which kind, and which record (topic/partition/offset) it repeats."""
_Headers = list[tuple[str, bytes]]


class Injector:
    """Writes to topics as a faulty client would. An async context manager."""

    def __init__(self, bootstrap: str, path: Path, random: Random) -> None:
        self._bootstrap = bootstrap
        self._notes = Notes(path)
        self._random = random
        self._touched: set[TopicPartition] = set()

    async def __aenter__(self) -> "Injector":
        self._producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all", max_request_size=2_000_000)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        await self._producer.start()
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()
        await self._note()
        await self._consumer.stop()
        self._notes.close()

    async def inject(self, kind: str) -> None:
        """Some records of this kind, to one topic after another."""
        for topic in self._random.sample(TOPICS, 3):
            records = await self._recent(topic)
            if records:
                await getattr(self, f"_{kind}")(topic, records)

    async def _duplicate(self, topic: Topic, records: Sequence[Any]) -> None:
        for record in self._random.sample(records, min(AT_ONCE, len(records))):
            await self._write("duplicate", topic, record, record.value, list(record.headers))

    async def _reordered(self, topic: Topic, records: Sequence[Any]) -> None:
        for record in reversed(records[:AT_ONCE]):
            await self._write("reordered", topic, record, record.value, list(record.headers))

    async def _poison(self, topic: Topic, records: Sequence[Any]) -> None:
        like = records[-1]
        headers: _Headers = list(like.headers)
        without_id = [(name, value) for name, value in headers if name != "ce_id"]
        unknown = [(name, b"meu.nobody.knows.v1" if name == "ce_type" else value) for name, value in headers]
        for value, spoilt in (
            (b"\xff\xfe no json", headers),
            (b"{}", headers),
            (b'{"half":', headers),
            (like.value, without_id),
            (like.value, unknown),
            (like.value, []),
        ):
            await self._write("poison", topic, like, value, spoilt)

    async def _oversize(self, topic: Topic, records: Sequence[Any]) -> None:
        value = json.dumps({"pad": "x" * OVERSIZE_BYTES}).encode()
        await self._write("oversize", topic, records[-1], value, list(records[-1].headers))

    async def _write(self, kind: str, topic: Topic, like: Any, value: bytes | None, headers: _Headers) -> None:
        of = f"{like.topic}/{like.partition}/{like.offset}" if kind in ("duplicate", "reordered") else ""
        self._touched.add(TopicPartition(topic.name, like.partition))
        await self._producer.send_and_wait(
            topic.name,
            value,
            key=like.key,
            partition=like.partition,
            headers=[*headers, (INJECTED, kind.encode()), (REPEATS, of.encode())],
        )

    async def _note(self) -> None:
        """What the brokers have of it, once and for all: a write that failed may have come through, even twice."""
        async for record in self._all(self._touched):
            headers = dict(record.headers)
            if INJECTED not in headers:
                continue
            of = None
            if headers[REPEATS]:
                topic, partition, offset = headers[REPEATS].decode().rsplit("/", 2)
                of = {"topic": topic, "partition": int(partition), "offset": int(offset)}
            where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            self._notes.write({"at": now(), **where, "kind": headers[INJECTED].decode(), "of": of})

    async def _all(self, partitions: Collection[TopicPartition]) -> AsyncIterator[Any]:
        if not partitions:
            return
        self._consumer.assign(list(partitions))
        ends = await self._consumer.end_offsets(list(partitions))
        for where, begin in (await self._consumer.beginning_offsets(list(partitions))).items():
            self._consumer.seek(where, begin)  # not seek_to_beginning: an earlier reset under way may overtake it
        while [where for where, end in ends.items() if await self._consumer.position(where) < end]:
            for records in (await self._consumer.getmany(timeout_ms=1000)).values():
                for record in records:
                    yield record

    async def _recent(self, topic: Topic) -> list[Any]:
        """The last records of one of the topic's partitions, without what was injected before; ticks only if there is
        nothing else.
        """
        where = TopicPartition(topic.name, self._random.randrange(topic.partitions))
        self._consumer.assign([where])
        end = (await self._consumer.end_offsets([where]))[where]
        self._consumer.seek(where, max(0, end - LOOK_BACK))
        found = (await self._consumer.getmany(where, timeout_ms=3000)).get(where, [])
        found = [record for record in found if INJECTED not in dict(record.headers)]
        return [record for record in found if not dict(record.headers)["ce_type"].startswith(TICK)] or found
