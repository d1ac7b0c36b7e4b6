"""The log after the story, understood: what was asked, and what happened, each event once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.envelope import Undecodable
from shared.contracts.ticks import Tick
from shared.platform.dead_letters import understand
from shared.platform.records import Received, Record
from shared.platform.rules import Deciding
from tests.simulation.log import USED_PARTITIONS, Log


@dataclass
class Course:
    """What one decider was asked and what it decided, over all partitions."""

    name: str
    deciding: Deciding[Any, Any, Any]
    commands: list[Received] = field(default_factory=list[Received])
    ticks: dict[int, list[tuple[int, datetime]]] = field(default_factory=dict[int, list[tuple[int, datetime]]])
    """Offset and time, by partition."""
    records: list[Received] = field(default_factory=list[Received])
    """Every event record, repeats too, in the order of each partition."""
    events: dict[str, list[Received]] = field(default_factory=dict[str, list[Received]])
    """By subject what a consumer keeps that drops what is not newer than the last it saw."""

    def by_command(self) -> dict[str, list[Received]]:
        """The events that each record's id caused."""
        found: dict[str, list[Received]] = {}
        for events in self.events.values():
            for event in events:
                found.setdefault(event.envelope.causation_id or "", []).append(event)
        return found


def course_of(name: str, deciding: Deciding[Any, Any, Any], log: Log) -> Course:
    """Read off the log."""
    course = Course(name, deciding)
    for partition in USED_PARTITIONS:
        for record in log.read(deciding.commands.name, partition, 0):
            _note_command(course, record)
        for record in log.read(deciding.events.name, partition, 0):
            item = understand(record)
            assert item.envelope.origin is not None
            if item.envelope.origin.topic == deciding.commands.name:
                _note_event(course, item)
    return course


def courses_of(decidings: Mapping[str, Deciding[Any, Any, Any]], log: Log) -> list[Course]:
    """All deciders' courses."""
    return [course_of(name, deciding, log) for name, deciding in decidings.items()]


def _note_command(course: Course, record: Record) -> None:
    try:
        item = understand(record)
    except Undecodable:
        return
    if isinstance(item.body, Tick):
        course.ticks.setdefault(record.partition, []).append((record.offset, record.timestamp))
    else:
        course.commands.append(item)


def _note_event(course: Course, item: Received) -> None:
    course.records.append(item)
    kept = course.events.setdefault(item.envelope.subject, [])
    last = (kept[-1].envelope.sequence or 0) if kept else 0
    if (item.envelope.sequence or 0) > last:
        kept.append(item)
