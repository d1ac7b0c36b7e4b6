"""Kafka in memory: partitioned topics that only grow. What is in it is never lost."""

from collections.abc import Callable
from functools import lru_cache

from shared.contracts.envelope import EncodedRecord
from shared.contracts.topics import PARTITIONS, topic_named
from shared.platform.producer import partition_of
from shared.platform.records import Record
from tests.simulation.virtual_time import now

USED_PARTITIONS = (2, 5)
"""All aggregates of a simulation lie here, so that they meet one another and few ticks are needed."""


@lru_cache(None)
def partition_for(key: str) -> int:
    """The real partitioner's answer, for any topic."""
    return partition_of(key, PARTITIONS)


@lru_cache(None)
def ids(prefix: str, count: int) -> tuple[str, ...]:
    """So many ids that lie in the used partitions, in turn."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        if partition_for(f"{prefix}{number}") == USED_PARTITIONS[len(found) % len(USED_PARTITIONS)]:
            found.append(f"{prefix}{number}")
    return tuple(found)


class Log:
    """Records by topic and partition. Command topics stamp the time of appending, which never steps back."""

    def __init__(self) -> None:
        self.partitions: dict[tuple[str, int], list[Record]] = {}
        self._followers: dict[str, list[Callable[[Record], None]]] = {}

    def append(self, topic: str, encoded: EncodedRecord, partition: int | None = None) -> Record:
        """Durable on return; followers are told."""
        key, value, headers = encoded
        number = partition_for(key.decode()) if partition is None else partition
        records = self.partitions.setdefault((topic, number), [])
        record = Record(topic, number, len(records), now(), key, value, dict(headers))
        records.append(record)
        for tell in self._followers.get(topic, ()):
            tell(record)
        return record

    def read(self, topic: str, partition: int, start: int, end: int | None = None) -> list[Record]:
        """Records with start <= offset < end."""
        return self.partitions.get((topic, partition), [])[max(start, 0) : end]

    def end(self, topic: str, partition: int) -> int:
        """The offset that the next record will get."""
        return len(self.partitions.get((topic, partition), ()))

    def of(self, topic: str) -> list[Record]:
        """All records of a topic, partition after partition."""
        return [record for (name, _), records in sorted(self.partitions.items()) if name == topic for record in records]

    def follow(self, topic: str, tell: Callable[[Record], None]) -> None:
        """Call `tell` with each record that is appended from now on."""
        topic_named(topic)
        self._followers.setdefault(topic, []).append(tell)
