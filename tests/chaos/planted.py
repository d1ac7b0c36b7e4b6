"""A worker with one known defect: `python -m tests.chaos.planted NAME MODULE`. A run with it must be found wanting."""

import asyncio
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from services.dispatch.adapters import redis_unit_directory
from shared.platform import partition_step, stream
from shared.platform.partition_step import PartitionStep
from shared.platform.stream import BATCH_MAX, Consumption, StreamGroup


def acknowledge_before_publish() -> None:
    """The records of a batch are acknowledged first, and then decided and published."""

    async def drain(self: Any) -> None:
        while True:
            events = [await self._queue.get()]
            self._is_handling = True
            while len(events) < BATCH_MAX and not self._queue.empty():
                events.append(self._queue.get_nowait())
            for event in events:
                event.ack()
            await self._settle([stream._record(event) for event in events])
            for event in events:
                self.reached[event.message.partition] = event.message.offset + 1
                if self._afterwards is not None:
                    await self._begin_to_finish(event, self._afterwards)
            self._is_handling = False

    _replace(Consumption, "drain", drain)


def two_at_once() -> None:
    """Each agent runs twice (`concurrency=2`), and each hands on what it got on its own."""

    def subscribe(self: Any, topic: str, handle: Any, bury: Any, afterwards: Any = None, gather_s: float = 0.0) -> None:
        consumption = Consumption(topic, handle, bury, afterwards, gather_s)
        channel = self._app.topic(
            topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", acks=True
        )

        async def each(agents_stream: Any) -> None:
            async for event in agents_stream.noack().events():
                await consumption._settle([stream._record(event)])
                consumption.reached[event.message.partition] = event.message.offset + 1
                if afterwards is None:
                    event.ack()
                else:
                    await consumption._begin_to_finish(event, afterwards)

        self._app.agent(channel, name=f"{self.name}:{topic}", concurrency=2)(each)
        self.consumptions.append(consumption)

    _replace(StreamGroup, "subscribe", subscribe)


def no_done_check() -> None:
    """What is delivered is decided, whether or not it was decided before, and whatever was remembered of its id."""

    def decide(self: Any, items: Sequence[Any]) -> None:
        for item in items:
            if isinstance(item.body, partition_step.Tick):
                self._tick(item)
            else:
                subject = item.envelope.subject
                self._aggregates[subject] = replace(self._aggregate(subject), handled=())
                self._command(item)

    _replace(PartitionStep, "decide", decide)


def random_ids() -> None:
    """Events get a fresh id each time they are made."""
    _replace(partition_step, "derived_id", lambda *_: str(uuid4()))


def claims_not_atomic() -> None:
    """Units are chosen, and claimed some time later."""
    choose = redis_unit_directory.RedisUnitDirectory.choose_and_claim

    async def later(self: Any, request: Any, now: Any) -> Any:
        found = await choose(self, request, now)
        await asyncio.sleep(0.5)
        return found

    _replace(redis_unit_directory, "CLAIM_MS", 1)
    _replace(redis_unit_directory.RedisUnitDirectory, "choose_and_claim", later)


def deadline_by_wall_clock() -> None:
    """A deadline is past when the worker's clock says so, not when the tick's record does."""
    tick = PartitionStep._tick

    def by_the_wall(self: Any, item: Any) -> None:
        tick(self, replace(item, record=replace(item.record, timestamp=datetime.now(UTC))))

    _replace(PartitionStep, "_tick", by_the_wall)


PLANTED: Mapping[str, Callable[[], None]] = {
    "acknowledge-before-publish": acknowledge_before_publish,
    "two-at-once": two_at_once,
    "no-done-check": no_done_check,
    "random-ids": random_ids,
    "claims-not-atomic": claims_not_atomic,
    "deadline-by-wall-clock": deadline_by_wall_clock,
}


def _replace(owner: Any, name: str, value: Any) -> None:
    setattr(owner, name, value)


if __name__ == "__main__":
    PLANTED[sys.argv[1]]()
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__")
