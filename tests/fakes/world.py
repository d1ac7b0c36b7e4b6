"""A log, a producer, a reader and a ledger store in memory, with a crash at any chosen step."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiokafka.structs import RecordMetadata, TopicPartition

from shared.contracts.base import Message
from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.contracts.ticks import Tick
from shared.platform.ledger_store import Changes, PartitionView, Remembered
from shared.platform.records import Record


class Crash(BaseException):  # nobody outlives it by catching exceptions
    """The process is gone: what is in memory is lost, what was written stays."""


@dataclass
class World:
    """`crash_at`: the number of the outward step (publish a record, remember, announce) that is not reached."""

    logs: dict[str, list[Record]] = field(default_factory=dict[str, list[Record]])
    crash_at: int | None = None
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if self.crash_at is not None and self.steps >= self.crash_at:
            self.crash_at = None
            raise Crash

    def append(self, topic: str, encoded: EncodedRecord, at: datetime, partition: int = 0) -> int:
        key, value, headers = encoded
        log = self.logs.setdefault(topic, [])
        log.append(Record(topic, partition, len(log), at, key, value, dict(headers)))
        return len(log) - 1

    def command(self, topic: str, subject: str, body: Message, at: datetime, command_id: str) -> None:
        """Append a command, as an API does."""
        envelope = Envelope(command_id, "/test", body.ce_type(), subject, at, command_id, reply_to="reply")
        self.append(topic, encode(envelope, body), at)

    def tick(self, topic: str, at: datetime, number: int) -> None:
        body = Tick(worker_id="w")
        envelope = Envelope(f"tick-{number}", "/test", body.ce_type(), "tick-0", at, f"tick-{number}")
        self.append(topic, encode(envelope, body), at)


class FakeProducer:
    """Appends to the world's log; a crash may come between any two records."""

    def __init__(self, world: World, at: datetime) -> None:
        self._world = world
        self._at = at

    async def publish(self, topic: str, records: Sequence[tuple[EncodedRecord, int | None]]) -> list[RecordMetadata]:
        done: list[RecordMetadata] = []
        for encoded, partition in records:
            self._world.step()
            offset = self._world.append(topic, encoded, self._at)
            done.append(
                RecordMetadata(topic, partition or 0, TopicPartition(topic, partition or 0), offset, None, 0, 0)
            )
        return done

    async def publish_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        self._world.step()
        self._world.append(topic, (key or b"", value or b"", list(headers)), self._at)


class FakeReader:
    """Reads the world's log."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, topic: str, partition: int, start: int, end: int | None = None) -> AsyncIterator[list[Record]]:
        batch = [r for r in self._world.logs.get(topic, []) if r.offset >= start and (end is None or r.offset < end)]
        if batch:
            yield batch


@dataclass
class LedgerMemory:
    """Live state that keeps its promises to the letter: one moment a read, all or nothing a write, only from the
    expected `done`.
    """

    partitions: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])

    def view(self, wanted: Mapping[int, tuple[Iterable[str], int | None]]) -> dict[int, PartitionView]:
        views: dict[int, PartitionView] = {}
        for number, (ids, until) in wanted.items():
            kept = self._partition(number)
            due = {key: at for key, at in kept["due"].items() if until is not None and at <= until}
            states = {key: kept["states"].get(key, Remembered()) for key in (*ids, *due)}
            views[number] = PartitionView(kept["done"], kept["tail"], due, states)
        return views

    def change(self, changes: Mapping[int, Changes]) -> dict[int, bool]:
        return {number: self._change(self._partition(number), change) for number, change in changes.items()}

    def _partition(self, number: int) -> dict[str, Any]:
        return self.partitions.setdefault(number, {"done": None, "tail": 0, "due": {}, "states": {}, "outcomes": {}})

    def _change(self, kept: dict[str, Any], change: Changes) -> bool:
        if kept["done"] != change.expected_done:
            return False
        kept["states"].update(change.states)
        for key, due in change.due_ms.items():
            kept["due"].pop(key, None)
            if due is not None:
                kept["due"][key] = due
        kept["outcomes"] = change.outcomes_if_lost | kept["outcomes"] | change.outcomes
        kept.update(done=change.done, tail=change.tail)
        return True


class FakeStore(LedgerMemory):
    """Plays LedgerStore in the world."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.replies: list[tuple[str, bytes]] = []

    async def read(self, wanted: Mapping[int, tuple[Iterable[str], int | None]]) -> dict[int, PartitionView]:
        return self.view(wanted)

    async def remember(self, changes: Mapping[int, Changes]) -> dict[int, bool]:
        self._world.step()
        return self.change(changes)

    async def announce(self, replies: Sequence[tuple[str, bytes]]) -> None:
        self._world.step()
        self.replies += replies
