"""Folding other topics into one's own store, with `done` per partition; rebuilt when the store lost it."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast
from uuid import uuid4

from redis.asyncio import Redis

from shared.contracts.topics import Topic
from shared.platform.dead_letters import DeadLetters
from shared.platform.log_reader import LogReader
from shared.platform.records import Received, Record
from shared.platform.redis_run import IDENTITY
from shared.platform.telemetry import PROJECTION_REBUILDS, get_logger
from shared.platform.waiting import AWAY
from shared.ports import Clock

_log = get_logger("projection")

# Another store may hold the same markers, or as before none.
SEE = f"""{IDENTITY}
redis.call('SETNX', KEYS[2], ARGV[1])
return {{identity(KEYS[2]), redis.call('HGETALL', KEYS[1])}}
"""
# All of them or none.
MARK = f"""{IDENTITY}
if identity(KEYS[2]) ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = 2, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2]) end
return 1
"""


class StoreLost(ConnectionError):
    """What was folded is not there any more. Passes by itself: trying again reads the log again."""


class Projection(Protocol):
    """What a service makes of a topic. It must bear seeing a record again, and records older than what it has."""

    async def apply(self, items: Sequence[Received]) -> None:
        """Fold a batch of one topic, any of its partitions, each partition in order."""
        ...


@dataclass(slots=True)
class _Seen:
    """A store as it was found: which one it is, and by partition the last offset folded."""

    identity: bytes
    folded: dict[int, int]


def done_key(name: str, topic: Topic) -> str:
    """The hash (partition → last offset folded) by which the projection `name` says how far it has come."""
    return f"{{{name}}}:done:{topic.name}"


def since_key(name: str, topic: Topic) -> str:
    """What names the store that holds the projection: another one once its data were lost."""
    return f"{{{name}}}:since:{topic.name}"


class Projector:
    """Feeds one projection from one topic. `handle` is a stream handler.

    The marker `{name}:done:<topic>` (hash: partition → last offset folded) lies in the same Redis as what the
    projection writes: when it is gone, so is the projection, and the partition is read again from its start. A
    marker moves only in the store in which it was found: what was folded in between may have gone with another.
    """

    def __init__(
        self,
        name: str,
        topic: Topic,
        projection: Projection,
        *,
        redis: "Redis",
        reader: LogReader,
        dead_letters: DeadLetters,
        clock: Clock,
        look_back: timedelta | None = None,
    ) -> None:
        """`look_back`: a rebuild needs no record older than this (a lease or a freshness bound); None: all."""
        self.topic = topic
        self._projection = projection
        self._redis = redis
        self._reader = reader
        self._dead_letters = dead_letters
        self._clock = clock
        self._look_back = look_back
        self._keys = (done_key(name, topic), since_key(name, topic))
        self._folded: dict[int, int] = {}
        self._lock = asyncio.Lock()

    async def handle(self, records: Sequence[Record]) -> None:
        """Fold a batch, after what the store may have lost before it. Raises StoreLost: to be tried again."""
        async with self._lock:
            first: dict[int, int] = {}
            for record in records:
                first.setdefault(record.partition, record.offset)
            seen = await self._see()
            await self._catch_up(seen, first)
            fresh = [record for record in records if record.offset > seen.folded.get(record.partition, -1)]
            if fresh:
                await self._fold(fresh, seen)

    async def mend(self, owned: Collection[int] = ()) -> None:
        """Read again what the store has lost while no record came. Called about once a second.

        Of a partition newly `owned`, too: Redis may have been emptied while nobody ran, and what the group has
        committed is not delivered again. Raises StoreLost: to be tried again.
        """
        async with self._lock:
            seen = await self._see()
            until = {partition: offset + 1 for partition, offset in self._folded.items()}
            for partition in set(owned) - self._folded.keys():
                if partition not in seen.folded:
                    until[partition] = await self._reader.end_offset(self.topic.name, partition)
                self._folded[partition] = seen.folded.get(partition, until.get(partition, 0) - 1)
            await self._catch_up(seen, until)

    def forget_assignment(self, owned: set[int]) -> None:
        """Partitions that went away are another worker's to mend."""
        self._folded = {partition: offset for partition, offset in self._folded.items() if partition in owned}

    async def _catch_up(self, seen: _Seen, until: Mapping[int, int]) -> None:
        """Brings the store, and `seen` with it, up to these offsets."""
        for partition, end in until.items():
            start = seen.folded.get(partition, -1) + 1
            if start >= end:
                continue
            since = None
            if start == 0 and self._look_back is not None:
                since = self._clock.now() - self._look_back
            await self._rebuild(partition, start, end, since, seen)

    async def _rebuild(self, partition: int, start: int, end: int, since: datetime | None, seen: _Seen) -> None:
        if since is not None:
            first_needed = await self._reader.offset_at(self.topic.name, partition, since)
            start = end if first_needed is None else first_needed
        count = 0
        async with aclosing(self._reader.read(self.topic.name, partition, start, end)) as batches:
            async for records in batches:
                await self._fold(records, seen)
                count += len(records)
        # Compaction or retention may have removed the last records before `end`: they are folded all the same.
        await self._mark({partition: end - 1}, seen)
        if count:
            PROJECTION_REBUILDS.labels(self.topic.name).inc()
            _log.info("caught-up", topic=self.topic.name, partition=partition, records=count)

    async def _fold(self, records: Sequence[Record], seen: _Seen) -> None:
        await self._apply(await self._dead_letters.receive(records))
        await self._mark({record.partition: record.offset for record in records}, seen)

    async def _apply(self, items: Sequence[Received]) -> None:
        """Apply, and put aside the one record that cannot be applied: the marker moves on, so it is met once only."""
        try:
            await self._projection.apply(items)
        except AWAY:
            raise
        except Exception as error:
            _log.exception("not-applied", topic=self.topic.name, records=len(items))
            if len(items) == 1:
                await self._dead_letters.bury(items[0].record, f"{type(error).__name__}: {error}")
                return
            middle = len(items) // 2
            await self._apply(items[:middle])
            await self._apply(items[middle:])

    async def _mark(self, offsets: Mapping[int, int], seen: _Seen) -> None:
        """Moves the marker on from exactly where it was found: what was folded meanwhile may be gone."""
        moves = [part for p, offset in offsets.items() for part in (str(p), str(seen.folded.get(p, "")), str(offset))]
        moved = self._redis.eval(MARK, len(self._keys), *self._keys, seen.identity, *moves)
        if not await cast("Awaitable[int]", moved):
            name = self._keys[0]
            raise StoreLost(f"{name} is not what it was: the store lost writes, or another worker folds as well")
        seen.folded.update(offsets)
        self._folded.update(offsets)

    async def _see(self) -> _Seen:
        found = self._redis.eval(SEE, len(self._keys), *self._keys, uuid4().hex)
        identity, markers = cast("tuple[bytes, list[bytes]]", await found)
        return _Seen(identity, {int(p): int(offset) for p, offset in zip(markers[::2], markers[1::2], strict=True)})
