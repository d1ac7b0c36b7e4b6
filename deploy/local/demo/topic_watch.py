"""A subscriber: reads every declared topic with a plain consumer and checks what it reads by the published schemas."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from deploy.local.demo.schema_book import SchemaBook
from shared.contracts.topics import DELIVERIES, INCIDENTS, TOPICS, Topic

T = TypeVar("T")

_BACKLOG_PER_PARTITION = 5_000  # of an older run's records, so many are read again
_KEPT = {INCIDENTS.name, DELIVERIES.name}


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as a subscriber sees it. `type` is the short name, e.g. `order-issued`."""

    topic: str
    type: str
    subject: str
    sequence: int
    drill: bool
    body: dict[str, Any]


@dataclass
class Reading:
    """What was read: how many records of each type, and what was wrong with some (at most 50 are kept).

    `buried`: by dead-letter topic, how many records came to lie there meanwhile.
    """

    counts: Counter[str] = field(default_factory=Counter[str])
    buried: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])
    faulty: int = 0


class TopicWatch:
    """Use as an async context manager; it has read what there was when it is entered, and reads on."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._book = SchemaBook()
        self._buries = {topic.dlq for topic in TOPICS}
        self._news = asyncio.Condition()
        self._events: dict[tuple[str, str], dict[int, Seen]] = {}
        self.reading = Reading()

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None)
        await self._consumer.start()
        ends = await self._assign()
        self._task = asyncio.create_task(self._read())
        await self._until_read(ends)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._consumer.stop()

    def events(self, incident_id: str, *types: str) -> list[Seen]:
        """The incident's events in order, each once; of these types, or of all."""
        of_incident = self._events.get((INCIDENTS.name, incident_id), {})
        return [seen for _, seen in sorted(of_incident.items()) if not types or seen.type in types]

    def deliveries(self, incident_id: str) -> list[Seen]:
        """Every event of every delivery of this incident."""
        return [
            seen
            for (topic, _), events in self._events.items()
            if topic == DELIVERIES.name
            for seen in events.values()
            if seen.body["incident_id"] == incident_id
        ]

    def gaps(self) -> list[str]:
        """Incidents of whose events one is missing, by their sequence."""
        return [
            subject
            for (topic, subject), events in self._events.items()
            if topic == INCIDENTS.name and sorted(events) != list(range(min(events), min(events) + len(events)))
        ]

    async def until(self, found: Callable[[], T | None], within_s: float) -> T | None:
        """What `found` gives as soon as that is true of what was read; None when `within_s` seconds pass first."""
        until = time.monotonic() + within_s
        async with self._news:
            while not (result := found()):
                left = until - time.monotonic()
                if left <= 0:
                    return None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), left)
        return result

    async def up_to_now(self) -> None:
        """Return when everything that is on the topics now has been read."""
        await self._until_read(await self._consumer.end_offsets(self._consumer.assignment()))

    async def published(self, topic: Topic) -> int:
        """How many records were ever written to a declared topic."""
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        return sum((await self._consumer.end_offsets(partitions)).values())

    async def _assign(self) -> dict[TopicPartition, int]:
        partitions = [TopicPartition(topic.name, number) for topic in TOPICS for number in range(topic.partitions)]
        burials = [TopicPartition(topic.dlq, 0) for topic in TOPICS]
        self._consumer.assign([*partitions, *burials])
        await self._consumer.seek_to_end(*burials)
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        for tp in partitions:
            self._consumer.seek(tp, max(begins[tp], ends[tp] - _BACKLOG_PER_PARTITION))
        return ends

    async def _until_read(self, ends: dict[TopicPartition, int]) -> None:
        async with self._news:
            while True:
                if all([await self._consumer.position(tp) >= end for tp, end in ends.items()]):
                    return
                await self._news.wait()

    async def _read(self) -> None:
        while True:
            batches = await self._consumer.getmany(timeout_ms=100, max_records=200)
            for records in batches.values():
                for record in records:
                    self._take(record)
            async with self._news:
                self._news.notify_all()

    def _take(self, record: ConsumerRecord[bytes | None, bytes | None]) -> None:
        if record.topic in self._buries:
            self.reading.buried[record.topic] += 1
            return
        headers = dict(record.headers)
        kind = headers.get("ce_type", b"?").decode(errors="replace")
        self.reading.counts[kind] += 1
        faults = self._book.faults(record.key, record.value, headers)
        if faults:
            self.reading.faulty += 1
            if len(self.reading.faults) < 50:
                self.reading.faults.append(f"{record.topic}/{record.partition}/{record.offset} {kind}: {faults[0]}")
        elif record.topic in _KEPT and record.value is not None:
            self._keep(record.topic, kind, headers, json.loads(record.value))

    def _keep(self, topic: str, kind: str, headers: dict[str, bytes], body: dict[str, Any]) -> None:
        subject, sequence = headers["ce_subject"].decode(), int(headers["ce_sequence"])
        short = kind.split(".")[2]
        drill = headers.get("ce_drill") == b"true"
        self._events.setdefault((topic, subject), {})[sequence] = Seen(topic, short, subject, sequence, drill, body)
