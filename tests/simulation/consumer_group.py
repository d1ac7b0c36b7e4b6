"""A consumer group: who owns which partition, and from where the next owner reads on."""

import asyncio
from collections.abc import AsyncIterator, Collection
from random import Random
from types import SimpleNamespace
from typing import Any

from shared.platform.clock import to_ms
from shared.platform.records import Record
from shared.platform.stream import Consumption
from tests.simulation.log import USED_PARTITIONS, Log
from tests.simulation.process import Process

COMMIT_EVERY_S = 1.0
LOOK_EVERY_S = 0.5


class Lease:
    """One member's turn with one partition. What it acknowledges after its turn counts for nothing."""

    def __init__(self, member: "Member", partition: int, start: int) -> None:
        self.member = member
        self.partition = partition
        self.position = start
        self.acknowledged = start
        """Everything before this offset is acknowledged."""
        self._beyond: set[int] = set()

    def acknowledge(self, offset: int) -> None:
        self.member.unacknowledged -= 1
        self.member.to_commit.set()
        self._beyond.add(offset)
        while self.acknowledged in self._beyond:
            self._beyond.discard(self.acknowledged)
            self.acknowledged += 1


class Delivered:
    """A record as faust hands it over."""

    def __init__(self, record: Record, lease: Lease) -> None:
        self.message = SimpleNamespace(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp=to_ms(record.timestamp) / 1000,
            key=record.key,
            value=record.value,
            headers=record.headers,
        )
        self._lease = lease
        self._acknowledged = False

    def ack(self) -> None:
        if not self._acknowledged:
            self._acknowledged = True
            self._lease.acknowledge(self.message.offset)


class Group:
    """The group `name` on one topic."""

    def __init__(self, name: str, topic: str, log: Log) -> None:
        self.name = name
        self.topic = topic
        self.log = log
        self.committed = dict.fromkeys(USED_PARTITIONS, 0)
        self.leases: dict[int, Lease] = {}
        self.members: list[Member] = []
        log.follow(topic, self._wake)

    def rebalance(self, there: Collection[Process], rng: Random) -> None:
        """Deal the partitions out anew among the members that are there. Others may not know of it."""
        self.members = [member for member in self.members if member.process.alive]
        candidates = [member for member in self.members if member.process in there]
        for partition in USED_PARTITIONS:
            old = self.leases.pop(partition, None)
            if old is not None and old.member in candidates and rng.random() < 0.5:
                self._commit(old)  # an orderly departure
            if candidates:
                member = rng.choice(candidates)
                self.leases[partition] = Lease(member, partition, self.committed[partition])
                member.wake.set()

    def commit(self, member: "Member") -> None:
        """What this member acknowledged of what is its own now."""
        for lease in self.leases.values():
            if lease.member is member:
                self._commit(lease)

    def lag(self) -> int:
        """How many records are not committed."""
        return sum(self.log.end(self.topic, partition) - offset for partition, offset in self.committed.items())

    def _commit(self, lease: Lease) -> None:
        self.committed[lease.partition] = max(self.committed[lease.partition], lease.acknowledged)

    def _wake(self, record: Record) -> None:
        lease = self.leases.get(record.partition)
        if lease is not None:
            lease.member.wake.set()


class Member:
    """A process in a group. Plays faust's stream to a real Consumption."""

    def __init__(self, group: Group, process: Process, consumption: Consumption) -> None:
        self.process = process
        self.wake = asyncio.Event()
        self.to_commit = asyncio.Event()
        self.unacknowledged = 0
        self._known: set[Lease] = set()
        self._group = group
        group.members.append(self)
        process.start(consumption.drain())
        process.start(consumption.fill(self))
        process.start(self._commit_for_ever())

    def owned(self) -> set[int]:
        """Its partitions."""
        return {partition for partition, lease in self._group.leases.items() if lease.member is self}

    def noack(self) -> "Member":
        """As faust's stream."""
        return self

    async def events(self) -> AsyncIterator[Any]:
        """Whatever is new of the owned partitions, for ever."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            mine = {lease for lease in self._group.leases.values() if lease.member is self}
            while not mine <= self._known and self.unacknowledged:
                await asyncio.sleep(LOOK_EVERY_S)  # stream_wait_empty: first what it had before its new turn
            self._known = mine
            for lease in sorted(mine, key=lambda lease: lease.partition):
                for record in self._group.log.read(self._group.topic, lease.partition, lease.position):
                    lease.position = record.offset + 1
                    self.unacknowledged += 1
                    yield Delivered(record, lease)

    async def _commit_for_ever(self) -> None:
        while True:
            await self.to_commit.wait()
            await asyncio.sleep(COMMIT_EVERY_S)
            self.to_commit.clear()
            try:
                await self.process.outward(f"commit for {self._group.name}", lambda: self._group.commit(self))
            except ConnectionError:
                self.to_commit.set()  # a second later it is tried again
