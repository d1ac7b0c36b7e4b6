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

from prometheus_client import Counter, Gauge

from services.dispatch.adapters.log_follower import LogFollower, understood
from shared.contracts.topics import INCIDENTS, Topic
from shared.platform.log_reader import LogReader
from shared.platform.records import Received

BUFFER_MAX = 5000
OFFSET_END = 2**63
"""Kafka's offsets are less."""
BACKLOG_MAX = 2000  # a listener further behind than this is let go; it comes back with its Last-Event-ID

Offsets = Mapping[int, int]
"""Partition → the next offset to be read."""

STREAM_CLIENTS = Gauge("meu_stream_clients", "Live streams that are open.")
STREAM_CLIENTS_DROPPED = Counter("meu_stream_clients_dropped", "Live streams ended since they did not keep up.")


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
    except (binascii.Error, ValueError, RecursionError) as error:
        raise PositionInvalid(text) from error
    if not isinstance(numbers, list) or len(numbers) != partitions:
        raise PositionInvalid(text)
    if not all(isinstance(number, int) and 0 <= number < OFFSET_END for number in numbers):
        raise PositionInvalid(text)
    return dict(enumerate(numbers))


class FellBehind(Exception):
    """The listener did not keep up."""


@dataclass(eq=False)
class Listener:
    """One live stream: what came since it began to listen at `start`."""

    start: Offsets
    queue: "asyncio.Queue[Received | None]"
    fell_behind: bool = False
    is_woken: bool = False

    def wake(self) -> None:
        """There is something else for it to look at. Often at once is like once."""
        if not self.is_woken:
            self.is_woken = True
            self.queue.put_nowait(None)

    async def next(self, within_s: float) -> Received | None:
        """The next event; None when none came in time, or when it was woken. Raises FellBehind."""
        if self.fell_behind and self.queue.empty():
            STREAM_CLIENTS_DROPPED.inc()
            raise FellBehind
        try:
            async with asyncio.timeout(within_s):
                item = await self.queue.get()
        except TimeoutError:
            return None
        if item is None:
            self.is_woken = False
        return item


class IncidentTail:
    """Follows the topic from its end, and remembers the last events."""

    def __init__(self, bootstrap: str, topic: Topic = INCIDENTS) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._follower = LogFollower(bootstrap, (topic,), self.hand_out)
        self._next: dict[int, int] = {}
        self._remembered: deque[Received] = deque()
        self._remembered_from: dict[int, int] = {}
        self._listeners: set[Listener] = set()

    async def start(self) -> None:
        """Find the topic's end and follow it from there, for ever. Raises KafkaError while no broker answers."""
        ends = await self._follower.connect()
        self._next = {where.partition: end for where, end in ends.items()}
        self._remembered_from = dict(self._next)
        self._follower.follow(ends)

    async def stop(self) -> None:
        """Stop following."""
        await self._follower.stop()

    async def check(self) -> str | None:
        """Readiness."""
        return await self._follower.check()

    def position(self) -> str:
        """The SSE id of now."""
        return format_position(self._next)

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
                        item = understood(record)
                        if item is not None:
                            yield item
        finally:
            await reader.close()

    def hand_out(self, item: Received) -> None:
        """Give an event that is new to everybody who listens."""
        self._next[item.record.partition] = item.record.offset + 1
        self._remembered.append(item)
        if len(self._remembered) > BUFFER_MAX:
            oldest = self._remembered.popleft().record
            self._remembered_from[oldest.partition] = oldest.offset + 1
        for listener in self._listeners:
            if listener.queue.qsize() < BACKLOG_MAX and not listener.fell_behind:
                listener.queue.put_nowait(item)
            else:
                listener.fell_behind = True
