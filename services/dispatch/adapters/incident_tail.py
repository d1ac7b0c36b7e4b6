"""The end of the incident topic, followed by each API process for its live streams: no group, no acknowledgement."""

import asyncio
import base64
import binascii
import contextlib
import json
from collections import deque
from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge

from shared.contracts.envelope import Undecodable
from shared.contracts.topics import INCIDENTS, Topic
from shared.platform.dead_letters import understand
from shared.platform.kafka_clients import record_of, start_or_stop
from shared.platform.log_reader import LogReader
from shared.platform.records import Received, Record
from shared.platform.telemetry import get_logger

BUFFER_MAX = 5000
BACKLOG_MAX = 2000  # a listener further behind than this is let go; it comes back with its Last-Event-ID

Offsets = Mapping[int, int]
"""Partition → the next offset to be read."""

STREAM_CLIENTS = Gauge("meu_stream_clients", "Live streams that are open.")
STREAM_CLIENTS_DROPPED = Counter("meu_stream_clients_dropped", "Live streams ended since they did not keep up.")

_log = get_logger("incident-tail")


class PositionInvalid(ValueError):
    """Not a position of this stream."""


def format_position(offsets: Offsets) -> str:
    """An SSE id: opaque, and the same for the same offsets."""
    numbers = [offsets[partition] for partition in sorted(offsets)]
    return base64.urlsafe_b64encode(json.dumps(numbers, separators=(",", ":")).encode()).decode()


def parse_position(text: str, partitions: int) -> dict[int, int]:
    """The offsets of an SSE id. Raises PositionInvalid."""
    try:
        numbers: Any = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (binascii.Error, ValueError) as error:
        raise PositionInvalid(text) from error
    if not isinstance(numbers, list) or len(numbers) != partitions:
        raise PositionInvalid(text)
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise PositionInvalid(text)
    return dict(enumerate(numbers))


class FellBehind(Exception):
    """The listener did not keep up."""


@dataclass(eq=False)
class Listener:
    """One live stream: what came since it began to listen at `start`."""

    start: Offsets
    queue: "asyncio.Queue[Received]"
    fell_behind: bool = False

    async def next(self, within_s: float) -> Received | None:
        """The next event; None when none came in time. Raises FellBehind."""
        if self.fell_behind and self.queue.empty():
            STREAM_CLIENTS_DROPPED.inc()
            raise FellBehind
        try:
            async with asyncio.timeout(within_s):
                return await self.queue.get()
        except TimeoutError:
            return None


class IncidentTail:
    """Follows the topic from its end, and remembers the last events."""

    def __init__(self, bootstrap: str, topic: Topic = INCIDENTS) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._next: dict[int, int] = {}
        self._remembered: deque[Received] = deque()
        self._remembered_from: dict[int, int] = {}
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Find the topic's end and follow it from there, for ever. Raises KafkaError while no broker answers."""
        consumer = await self._connected()
        ends = await consumer.end_offsets(self._partitions())
        self._next = {where.partition: int(offset) for where, offset in ends.items()}
        self._remembered_from = dict(self._next)
        self._task = asyncio.create_task(self._follow(consumer), name="incident-tail")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def check(self) -> str | None:
        """Readiness."""
        return None if self._task is not None and not self._task.done() else "the incident topic is not followed"

    @contextlib.contextmanager
    def listen(self) -> Generator[Listener]:
        """A Listener to what comes from now on."""
        listener = Listener(dict(self._next), asyncio.Queue())
        self._listeners.add(listener)
        try:
            with STREAM_CLIENTS.track_inprogress():
                yield listener
        finally:
            self._listeners.discard(listener)

    async def between(self, start: Offsets, end: Offsets) -> AsyncGenerator[Received]:
        """The events from `start` up to `end`: from memory where it reaches back so far, else from the log."""
        if all(start[partition] >= self._remembered_from.get(partition, 0) for partition in end):
            for item in list(self._remembered):
                if start[item.record.partition] <= item.record.offset < end[item.record.partition]:
                    yield item
            return
        reader = LogReader(self._bootstrap)
        try:
            for partition, stop in sorted(end.items()):
                async for records in reader.read(self._topic.name, partition, start[partition], stop):
                    for record in records:
                        item = _understood(record)
                        if item is not None:
                            yield item
        finally:
            await reader.close()

    def _partitions(self) -> list[TopicPartition]:
        return [TopicPartition(self._topic.name, number) for number in range(self._topic.partitions)]

    async def _connected(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None, auto_offset_reset="earliest")
        consumer.assign(self._partitions())
        await start_or_stop(consumer)
        return consumer

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            try:
                for partition, offset in self._next.items():
                    consumer.seek(TopicPartition(self._topic.name, partition), offset)
                await self._read(consumer)
            except (KafkaError, OSError) as error:
                _log.warning("tail-broken", reason=f"{type(error).__name__}: {error}")
            finally:
                await consumer.stop()
            consumer = await self._reconnected()

    async def _reconnected(self) -> AIOKafkaConsumer:
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(KafkaError, OSError):
                return await self._connected()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000)
            for where, found in fetched.items():
                for each in found:
                    self._next[where.partition] = each.offset + 1
                    item = _understood(record_of(each))
                    if item is not None:
                        self._hand_out(item)

    def _hand_out(self, item: Received) -> None:
        self._remembered.append(item)
        if len(self._remembered) > BUFFER_MAX:
            oldest = self._remembered.popleft().record
            self._remembered_from[oldest.partition] = oldest.offset + 1
        for listener in self._listeners:
            if listener.queue.qsize() < BACKLOG_MAX and not listener.fell_behind:
                listener.queue.put_nowait(item)
            else:
                listener.fell_behind = True


def _understood(record: Record) -> Received | None:
    """None for a record that is no event of its topic: those who fold the topic have buried it."""
    try:
        return understand(record)
    except Undecodable:
        return None
