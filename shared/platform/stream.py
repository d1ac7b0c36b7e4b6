"""Faust, behind one function: `handle(batch)` is called with what is there, and records are acknowledged after it.

This is the only file that knows faust. The settings and the shape of the loop are those that were measured
(docs/adr/0001): the agent only fills a bounded queue; one task drains whatever is there, and waits a little for
more only when the last batch was large.
"""

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import faust
from faust.exceptions import ConsumerNotStarted
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, EventT

from shared.platform.clock import from_ms
from shared.platform.records import Record
from shared.platform.telemetry import get_logger
from shared.platform.waiting import AWAY

Handle = Callable[[Sequence[Record]], Awaitable[None]]
Bury = Callable[[Record, str], Awaitable[None]]
Afterwards = Callable[[Record], Awaitable[None]]
"""What a record still needs when its batch is handled: a slow call that must hold up neither it nor its neighbours."""

BATCH_MAX: Final = 1000
LARGE_BATCH: Final = 100
WAIT_AFTER_LARGE_S: Final = 0.02
QUEUE_MAX: Final = 4 * BATCH_MAX
UNFINISHED_MAX: Final = BATCH_MAX
TRIES: Final = 3
HAND_OVER_WITHIN_S: Final = 2.0
CRASHED: Final = 70  # EX_SOFTWARE; the supervisor starts the process again

_log = get_logger("stream")


class Consumption:
    """One topic's records, handed to one handler batch by batch."""

    def __init__(
        self, topic: str, handle: Handle, bury: Bury, afterwards: Afterwards | None = None, gather_s: float = 0.0
    ) -> None:
        """`gather_s`: how long records are gathered into a batch, for handlers that cost the same for one or many."""
        self.topic = topic
        self._gather_s = gather_s
        self._handle = handle
        self._bury = bury
        self._afterwards = afterwards
        self._unfinished_slots = asyncio.Semaphore(UNFINISHED_MAX)
        self._unfinished: set[asyncio.Task[None]] = set()
        self._acks = AckInOrder()
        self._queue: asyncio.Queue[EventT[Any]] = asyncio.Queue(QUEUE_MAX)
        self.reached: dict[int, int] = {}
        """By partition: the offset of the next record that is not handled yet."""
        self._is_handling = False
        self.waiting_for: str | None = None
        """Why the last batch could not be handled yet; None when all is well."""

    @property
    def is_busy(self) -> bool:
        """Whether records are in our hands: queued, being handled, or not finished."""
        return self._is_handling or bool(self._unfinished) or not self._queue.empty()

    async def fill(self, stream: Any) -> None:
        """The faust agent: keep the queue full."""
        async for event in stream.noack().events():
            self.reached.setdefault(event.message.partition, event.message.offset)
            await self._queue.put(event)

    async def drain(self) -> None:
        """Take batches off the queue, for ever."""
        last_size = 0
        while True:
            events = [await self._queue.get()]
            self._is_handling = True
            # Lets a full batch form under load, or whenever it may take its time.
            wait_s = max(self._gather_s, WAIT_AFTER_LARGE_S if last_size >= LARGE_BATCH else 0)
            if wait_s and self._queue.qsize() < BATCH_MAX:
                await asyncio.sleep(wait_s)
            while len(events) < BATCH_MAX and not self._queue.empty():
                events.append(self._queue.get_nowait())
            last_size = len(events)
            try:
                await self._settle([_record(event) for event in events])
            except Exception:
                # The dead-letter topic itself cannot be written: better dead than acknowledging what is lost.
                _log.exception("cannot-process-nor-bury", topic=self.topic)
                os._exit(CRASHED)
            for event in events:
                self.reached[event.message.partition] = event.message.offset + 1
                if self._afterwards is None:
                    event.ack()
                else:
                    await self._begin_to_finish(event, self._afterwards)
            self._is_handling = False

    async def stop(self) -> None:
        """Leave what is unfinished: it was not acknowledged."""
        for task in self._unfinished:
            task.cancel()
        await asyncio.gather(*self._unfinished, return_exceptions=True)

    async def _begin_to_finish(self, event: EventT[Any], afterwards: Afterwards) -> None:
        await self._unfinished_slots.acquire()
        self._acks.begin(event)
        task = asyncio.create_task(self._finish(event, afterwards))
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)

    async def _finish(self, event: EventT[Any], afterwards: Afterwards) -> None:
        record = _record(event)
        try:
            await self._until_it_passes(lambda: afterwards(record))
        except Exception as error:
            _log.exception("record-failed", topic=self.topic, offset=record.offset)
            await self._bury_or_die(record, error)
        finally:
            self._unfinished_slots.release()
        self._acks.finish(event)

    async def _bury_or_die(self, record: Record, error: Exception) -> None:
        try:
            await self._bury(record, f"{type(error).__name__}: {error}")
        except Exception:
            _log.exception("cannot-process-nor-bury", topic=self.topic)
            os._exit(CRASHED)

    async def _settle(self, records: Sequence[Record]) -> None:
        """Handle a batch; halve it when it fails for a reason that does not pass, to find the poison record."""
        try:
            await self._until_it_passes(lambda: self._handle(records))
        except Exception as error:
            _log.exception("batch-failed", topic=self.topic, records=len(records))
            if len(records) == 1:
                await self._bury(records[0], f"{type(error).__name__}: {error}")
                return
            middle = len(records) // 2
            await self._settle(records[:middle])
            await self._settle(records[middle:])

    async def _until_it_passes(self, call: Callable[[], Awaitable[None]]) -> None:
        delay, tries = 0.1, 0
        while True:
            try:
                await call()
            except AWAY as error:  # acknowledging would lose the records
                reason = f"{type(error).__name__}: {error}"
                if self.waiting_for != reason:
                    _log.warning("waiting", topic=self.topic, reason=reason)
                self.waiting_for = reason
            except Exception:
                tries += 1
                if tries >= TRIES:
                    raise
            else:
                if self.waiting_for is not None:
                    _log.info("going-on", topic=self.topic)
                self.waiting_for = None
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, 2.0)


class AckInOrder:
    """Acknowledges what is finished in the order in which it came, partition by partition.

    Faust commits behind the first run of acknowledged records, even when an earlier one is still in hand.
    """

    def __init__(self) -> None:
        self._in_hand: dict[int, deque[EventT[Any]]] = {}
        self._finished: set[int] = set()

    def begin(self, event: EventT[Any]) -> None:
        self._in_hand.setdefault(event.message.partition, deque()).append(event)

    def finish(self, event: EventT[Any]) -> None:
        self._finished.add(id(event))
        in_hand = self._in_hand[event.message.partition]
        while in_hand and id(in_hand[0]) in self._finished:
            first = in_hand.popleft()
            self._finished.discard(id(first))
            first.ack()


class _Consumer(driver.Consumer):
    """Hands partitions over soon, and begins where nothing was committed at the beginning (docs/adr/0001)."""

    async def wait_empty(self) -> None:
        """Before partitions go away: give what is in hand a little time, and commit what is done.

        Faust waits for as long as it takes, and collects all garbage after each single acknowledgement, in which time
        the whole process stands still. What is not done by then is read again by the next owner.
        """
        until = time.monotonic() + HAND_OVER_WITHIN_S
        while self._unacked_messages and not self.should_stop and time.monotonic() < until:
            await self._wait_for_ack(timeout=1)
        await self.commit_and_end_transactions()

    def fetched(self) -> set[TP]:
        return self._get_active_partitions()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """When its group has changed, Faust drops what it has fetched and goes back to what is committed; a partition
        of which nothing is committed yet stays where its fetches had come, and the dropped records are never seen.
        """
        committed = await super().seek_to_committed()
        others = [where for where, offset in committed.items() if not offset]
        if others:
            await self.seek_wait(await self.earliest_offsets(*others))
        return committed


class _Transport(driver.Transport):
    Consumer = _Consumer


class StreamGroup:
    """A consumer group of this process. What must not wait for something else has its own group."""

    def __init__(self, name: str, bootstrap: str) -> None:
        self.name = name
        # Faust makes empty folders for tables, which are not used; not in whatever directory we were started in.
        self._scratch = TemporaryDirectory(prefix="meu-")
        self._app = faust.App(
            name,
            broker=[f"kafka://{address}" for address in bootstrap.split(",")],
            autodiscover=False,
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            stream_wait_empty=True,
            stream_buffer_maxsize=QUEUE_MAX,
            broker_session_timeout=6.0,  # the least that brokers allow by default
            broker_heartbeat_interval=1.5,
            broker_commit_interval=1.0,
            broker_request_timeout=20.0,
            consumer_auto_offset_reset="earliest",
            producer_acks=-1,
            store="memory://",
            datadir=self._scratch.name,
            loghandlers=[],
        )
        self._app.transport = _Transport(self._app.conf.broker_consumer, self._app)
        self.consumptions: list[Consumption] = []
        self._tasks: list[asyncio.Task[None]] = []

    def subscribe(
        self, topic: str, handle: Handle, bury: Bury, afterwards: Afterwards | None = None, gather_s: float = 0.0
    ) -> None:
        """Call `handle` with this topic's records, batch by batch in order. Before `start` only.

        `gather_s`: how long records are gathered into a batch. `afterwards` is then called with each record, many at
        once and in no order; a record is acknowledged after it.
        """
        consumption = Consumption(topic, handle, bury, afterwards, gather_s)
        channel = self._app.topic(
            topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", acks=True
        )
        self._app.agent(channel, name=f"{self.name}:{topic}", concurrency=1)(consumption.fill)
        self.consumptions.append(consumption)

    async def start(self) -> None:
        """Join the group. Raises when no broker answers."""
        self._tasks = [
            asyncio.create_task(consumption.drain(), name=f"drain:{self.name}:{consumption.topic}")
            for consumption in self.consumptions
        ]
        await self._app.start()
        self._tasks.append(asyncio.create_task(self._die_with_faust(), name=f"watch:{self.name}"))

    async def stop(self) -> None:
        """Leave the group; what was not acknowledged is read again by the next owner."""
        await self._app.stop()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for consumption in self.consumptions:
            await consumption.stop()
        self._scratch.cleanup()

    def assignment(self) -> dict[str, list[int]]:
        """The partitions this process owns now, by topic; none before it has joined."""
        owned: dict[str, list[int]] = {}
        consumer = self._app.consumer if self._app.started else None
        try:
            partitions = consumer.assignment() if consumer is not None else ()
        except ConsumerNotStarted:  # its thread is on the way
            return {}
        for partition in partitions:
            owned.setdefault(partition.topic, []).append(partition.partition)
        return {topic: sorted(numbers) for topic, numbers in owned.items()}

    def paused(self) -> set[tuple[str, int]]:
        """The owned (topic, partition) pairs that are not fetched, though no rebalance is under way."""
        consumer = self._app.consumer if self._app.started and not self._app.rebalancing else None
        if consumer is None:
            return set()
        fetched = cast("_Consumer", consumer).fetched()
        owned = ((topic, n) for topic, partitions in self.assignment().items() for n in partitions)
        return {(topic, n) for topic, n in owned if TP(topic, n) not in fetched}

    async def lag(self) -> dict[tuple[str, int], int]:
        """By owned (topic, partition): how many records are not handled yet, as of the last fetch.

        Without those whose end is not known. It stops growing while so much is queued that nothing more is fetched.
        """
        consumer = self._app.consumer if self._app.started else None
        if consumer is None:
            return {}
        behind: dict[tuple[str, int], int] = {}
        for consumption in self.consumptions:
            owned = {where.partition: where for where in consumer.assignment() if where.topic == consumption.topic}
            for partition in consumption.reached.keys() - owned.keys():
                del consumption.reached[partition]  # another worker goes on with it
            for partition, where in owned.items():
                if partition not in consumption.reached:  # nothing has come yet
                    consumption.reached[partition] = await consumer.position(where) or 0
                end = cast("int | None", consumer.highwater(where))
                if end is not None:
                    behind[consumption.topic, partition] = max(0, end - consumption.reached[partition])
        return behind

    async def _die_with_faust(self) -> None:
        while not self._app.should_stop:  # noqa: ASYNC110 - faust has no public event for a crash
            await asyncio.sleep(0.5)
        if self._app.crash_reason is not None:
            _log.error("faust-crashed", group=self.name, reason=repr(self._app.crash_reason))
            os._exit(CRASHED)


def _record(event: EventT[Any]) -> Record:
    message = event.message
    headers = message.headers or {}
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=from_ms(round(message.timestamp * 1000)),
        key=message.key,
        value=message.value,
        headers=dict(headers.items() if isinstance(headers, dict) else headers),
    )
