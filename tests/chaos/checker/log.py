"""Kafka's records as the rules see them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from tests.chaos.checker.contracts import COMMANDS, EVENTS

TICK = "tick"
UNDECODABLE = "undecodable"
SPOILT = ("poison", "oversize")
"""Injected records that keep no contract: they must be put aside."""


class Place(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Record(NamedTuple):
    """One record. `kind` is the middle of its CloudEvents type, e.g. `order-issued`; a tuple, for there are many.

    `timestamp_ms` is the broker's on command topics, the producer's on others; `part` is (i, n).
    """

    place: Place
    timestamp_ms: int
    kind: str
    id: str
    subject: str
    value: bytes | None
    sequence: int = 0
    causation: str = ""
    origin: Place | None = None
    part: tuple[int, int] = (1, 1)

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.value or b"{}")

    @property
    def at_us(self) -> int:
        return self.timestamp_ms * 1000


UNFOLDABLE = (KeyError, IndexError, ValueError)
"""What folding raises on events of which some are missing or wrong."""


class Story(NamedTuple):
    """The events of one aggregate, each once, by sequence."""

    subject: str
    events: tuple[Record, ...]


class DeadLetter(NamedTuple):
    """A record that some consumer put aside. `source` is None when it does not say from where."""

    place: Place
    source: Place | None
    reason: str
    consumer: str


@dataclass(kw_only=True)
class Log:
    """Everything on the topics when the run had come to rest. Records lie in the order of their partition's offsets.

    `ends`: (topic, partition) → the offset that the next record gets; `committed`: (group, topic, partition) → the
    offset from which the group reads on, asked for before anything was read. `fixes`: `fix_key` of every position.
    `injected`: the records that the fault run wrote itself, by place: `duplicate`, `reordered`, `poison`, `oversize`.
    """

    records: Mapping[str, list[Record]]
    ends: Mapping[tuple[str, int], int] = field(default_factory=dict)
    committed: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    fixes: set[int] = field(default_factory=set)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    injected: Mapping[Place, str] = field(default_factory=dict)

    def of(self, topic: str) -> Iterator[Record]:
        """What the system itself wrote to a topic, repeats included."""
        return (record for record in self.records.get(topic, ()) if record.place not in self.injected)

    def decidable(self, topic: str) -> Iterator[Record]:
        """What a decider of a command topic must decide: all but what keeps no contract, and was put aside."""
        for record in self.records.get(topic, ()):
            if record.kind != UNDECODABLE and self.injected.get(record.place) not in SPOILT:
                yield record

    @cached_property
    def stories(self) -> dict[str, dict[str, Story]]:
        """By event topic and subject."""
        return {topic: _stories(self.of(topic)) for topic in EVENTS}

    @cached_property
    def caused(self) -> dict[str, list[Record]]:
        """Events by the id of the command, or tick, that caused them, each event once."""
        caused: dict[str, list[Record]] = defaultdict(list)
        for stories in self.stories.values():
            for story in stories.values():
                for event in story.events:
                    caused[event.causation].append(event)
        return caused

    @cached_property
    def commands(self) -> dict[str, list[Record]]:
        """Command records by id, ticks left out. A command sent again has several."""
        commands: dict[str, list[Record]] = defaultdict(list)
        for topic in COMMANDS:
            for record in self.decidable(topic):
                if record.kind != TICK:
                    commands[record.id].append(record)
        return commands

    @cached_property
    def origins(self) -> dict[Place, Record]:
        """Every record of the command topics by its place."""
        return {record.place: record for topic in COMMANDS for record in self.records.get(topic, ())}

    @cached_property
    def ticks(self) -> dict[tuple[str, int], list[Record]]:
        """By topic and partition."""
        ticks: dict[tuple[str, int], list[Record]] = defaultdict(list)
        for topic in COMMANDS:
            for record in self.decidable(topic):
                if record.kind == TICK:
                    ticks[topic, record.place.partition].append(record)
        return ticks

    @cached_property
    def buried(self) -> frozenset[Place]:
        """Where the records lie of which there is a dead letter."""
        return frozenset(letter.source for letter in self.dead_letters if letter.source is not None)

    def decided_until(self, topic: str, partition: int) -> int:
        """The offset up to which a command topic's partition was certainly decided; 0 when nobody says so."""
        offsets = (
            offset
            for (group, of_topic, number), offset in self.committed.items()
            if group.endswith(".decide") and (of_topic, number) == (topic, partition)
        )
        return max(offsets, default=0)


def fix_key(unit_id: str, member_id: str, time_us: int) -> int:
    """By which a position is found again; good within one process. There are a million of them."""
    return hash((unit_id, member_id, time_us))


def _stories(records: Iterable[Record]) -> dict[str, Story]:
    by_subject: dict[str, dict[int, Record]] = defaultdict(dict)
    for record in records:
        if record.kind != UNDECODABLE:
            by_subject[record.subject].setdefault(record.sequence, record)
    return {
        subject: Story(subject, tuple(events[sequence] for sequence in sorted(events)))
        for subject, events in by_subject.items()
    }
