"""Noticing a stream that looks alive and reads nothing, and ending the process: its supervisor starts it again.

After a rebalance that took long, Faust may leave some partitions paused for good (faust-streaming issues 503, 629): it
owns them, heartbeats, and never fetches. Ticks show that for commands only, so the brokers are asked for all.
"""

import asyncio
import os
from collections.abc import Collection, Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.platform.kafka_clients import let_go, start_or_stop, stop_anyway
from shared.platform.stream import CRASHED, StreamGroup
from shared.platform.telemetry import get_logger
from shared.platform.waiting import AWAY

LOOK_EVERY_S: Final = 3.0
ASKED_WITHIN_S: Final = 10.0
LOOKS_UNTIL_STUCK: Final = 5

Where = tuple[str, TopicPartition]
"""A group's partition."""

_log = get_logger("stuck")


class StuckJudge:
    """Counts the looks at which there was something to read, nobody was busy, and nothing had been read."""

    def __init__(self) -> None:
        self._seen: dict[Where, tuple[int, int]] = {}

    def see(self, where: Where, done: int, end: int, *, busy: bool) -> bool:
        """Whether the partition is stuck. `done`: the offset from which on nothing is acknowledged; `end`: of the log.

        While its handler is busy, or waits for what is away, a look says nothing.
        """
        before, idle_looks = self._seen.get(where, (done, 0))
        if end <= done or before != done:
            idle_looks = 0
        elif not busy:
            idle_looks += 1
        self._seen[where] = (done, idle_looks)
        return idle_looks >= LOOKS_UNTIL_STUCK

    def forget_others(self, owned: Collection[Where]) -> None:
        """What went away is looked at anew when it comes back."""
        self._seen = {where: seen for where, seen in self._seen.items() if where in owned}


class StuckWatch:
    """Looks at every partition that this process owns."""

    def __init__(self, bootstrap: str, groups: Mapping[str, StreamGroup]) -> None:
        self._bootstrap = bootstrap
        self._groups = groups
        self._judge = StuckJudge()
        self._clients: tuple[AIOKafkaAdminClient, AIOKafkaConsumer] | None = None

    async def run(self) -> None:
        """For ever. A broker that does not answer makes nobody stuck."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                async with asyncio.timeout(ASKED_WITHIN_S):
                    stuck = await self._look()
            except AWAY as error:
                _log.warning("cannot-look", reason=f"{type(error).__name__}: {error}")
                await self.close()
                continue
            if stuck:
                _log.error("stuck", partitions=[f"{group}: {at.topic}/{at.partition}" for group, at in stuck])
                os._exit(CRASHED)

    async def close(self) -> None:
        """Close the connections."""
        if self._clients is not None:
            admin, consumer = self._clients
            self._clients = None
            await asyncio.gather(stop_anyway(consumer.stop), stop_anyway(admin.close))

    async def _look(self) -> list[Where]:
        owned: dict[Where, bool] = {}
        for group in self._groups.values():
            busy = {consumption.topic: consumption.is_busy for consumption in group.consumptions}
            paused = group.paused()
            for topic, partitions in group.assignment().items():
                for n in partitions:
                    # A group that reads anything at all may be on its way to what waits: after a standstill, for long.
                    hindered = busy[topic] if (topic, n) in paused else any(busy.values())
                    owned[group.name, TopicPartition(topic, n)] = hindered
        self._judge.forget_others(owned.keys())
        if not owned:
            return []
        admin, consumer = await self._connected()
        partitions = list({partition for _, partition in owned})
        begins, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        committed = {name: await admin.list_consumer_group_offsets(name) for name in {name for name, _ in owned}}
        stuck: list[Where] = []
        for where, busy in owned.items():
            name, partition = where
            acknowledged = committed[name].get(partition)
            done = max(begins[partition], -1 if acknowledged is None else acknowledged.offset)
            if self._judge.see(where, done, ends[partition], busy=busy):
                stuck.append(where)
        return stuck

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._clients is None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None, enable_auto_commit=False)
            await start_or_stop(consumer)
            try:
                await admin.start()
            except BaseException:  # a cancellation as well, which must not wait for a broker that stands still
                let_go(consumer.stop)
                let_go(admin.close)
                raise
            self._clients = (admin, consumer)
        return self._clients
