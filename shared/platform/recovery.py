"""Folding a partition's own events: after Redis lost writes, and on assignment.

Events say which source record they were decided from (`ce_origin`) and how many that record caused (`ce_part` i/n).
A source record whose events are all there is decided: it is adopted. One whose events are only partly there was being
published when a worker died: it is left to be decided again, identically.
"""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.contracts.envelope import Undecodable, decode
from shared.contracts.topics import Topic
from shared.platform.clock import SystemClock, to_ms
from shared.platform.dead_letters import understand
from shared.platform.ledger_store import Changes, LedgerStore, Remembered
from shared.platform.log_reader import LogReader
from shared.platform.records import Received, Record
from shared.platform.rules import Aggregate, Deciding
from shared.platform.telemetry import LEDGER_REBUILDS, get_logger

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

_log = get_logger("recovery")


Step = tuple[str, int]
"""An aggregate's id and the sequence of one of its events."""


class LogUnreadable(ConnectionError):
    """An event that is needed cannot be read. Whoever waits for it waits, and says so, until somebody has mended it:
    deciding without it would be wrong, and putting the commands aside would lose them.
    """


class Fold(Generic[S, C, E]):
    """The fold of a partition's events, complete source records only. Raises LogUnreadable."""

    def __init__(self, deciding: Deciding[S, C, E]) -> None:
        self._deciding = deciding
        self._unreadable: set[Step] = set()
        self._open: dict[int, dict[int, Received]] = {}
        self.known: dict[str, Remembered] = {}
        """What was remembered of aggregates before the first event that is added here."""
        self.aggregates: dict[str, Aggregate[S]] = {}
        self.changed_at: dict[str, datetime] = {}
        self.decided = -1
        """The last source offset whose events are all there."""

    def add(self, item: Received) -> None:
        origin = item.envelope.origin
        self._unreadable.discard(_step(item))
        if origin is None or origin.topic != self._deciding.commands.name:
            return
        number, parts = item.envelope.part
        group = self._open.setdefault(origin.offset, {})
        group[number] = item
        if len(group) == parts:
            del self._open[origin.offset]
            self.decided = max(self.decided, origin.offset)
            for _, part in sorted(group.items()):
                self._apply(part)

    def add_unreadable(self, step: Step) -> None:
        """An event whose headers can be read and whose body cannot: needed, unless there is another copy of it."""
        self._unreadable.add(step)

    def incomplete_from(self, done: int) -> int | None:
        """The event offset at which the earliest incomplete source record begins that is not decided yet.

        Of those up to `done` there is a complete copy: what is open of them is the rest of another.
        """
        waiting = [group for origin, group in self._open.items() if origin > done]
        return min((item.record.offset for group in waiting for item in group.values()), default=None)

    def miss_nothing(self) -> None:
        """Once all is added: whether an unreadable event was an aggregate's last."""
        self._unreadable -= {_step(item) for group in self._open.values() for item in group.values()}
        for subject, _ in self._unreadable:
            self._miss(subject, self._aggregate(subject).sequence + 1)

    def _miss(self, subject: str, sequence: int) -> None:
        if (subject, sequence) in self._unreadable:
            raise LogUnreadable(f"event {sequence} of {subject} in {self._deciding.events.name} cannot be read")

    def _aggregate(self, subject: str) -> Aggregate[S]:
        return self.aggregates.get(subject) or self._deciding.load(self.known.get(subject, Remembered()))

    def _apply(self, item: Received) -> None:
        assert item.body is not None
        envelope = item.envelope
        aggregate = self._aggregate(envelope.subject)
        sequence = envelope.sequence or 0
        if sequence <= aggregate.sequence:
            return  # published twice
        if sequence > aggregate.sequence + 1:
            self._miss(envelope.subject, aggregate.sequence + 1)
        event = self._deciding.events_out.to_domain(item.body)
        self.aggregates[envelope.subject] = self._deciding.evolve(
            aggregate, event, envelope.causation_id or "", envelope.correlation_id
        )
        self.changed_at[envelope.subject] = envelope.time


class Recovery:
    """Brings a partition of live state to where its log is. Folds while it reads: a log may be longer than memory."""

    def __init__(self, store: LedgerStore, reader: LogReader, events: Topic) -> None:
        self._store = store
        self._reader = reader
        self._events = events

    async def recover(self, partition: int, decided: int, deciding: Deciding[Any, Any, Any]) -> int | None:
        """Fold what is missing. `decided` is the last source offset that is known to be decided.

        Returns `done` as it now stands in Redis, or None when somebody else wrote meanwhile: look again.
        """
        view = (await self._store.read({partition: ((), None)}))[partition]
        lost = view.done is None or view.done < decided
        fold, events, end = Fold(deciding), 0, 0 if lost else view.tail
        async with aclosing(self._reader.read(self._events.name, partition, end)) as batches:
            async for records in batches:
                items, unreadable = _understood(records)
                if not lost:
                    subjects = {item.envelope.subject for item in items} | {subject for subject, _ in unreadable}
                    then = (await self._store.read({partition: (subjects - fold.known.keys(), None)}))[partition]
                    if (then.done, then.tail) != (view.done, view.tail):
                        return None
                    fold.known |= then.states
                for step in unreadable:
                    fold.add_unreadable(step)
                for item in items:
                    fold.add(item)
                events, end = events + len(items), records[-1].offset + 1
        fold.miss_nothing()
        done = max(decided, fold.decided, -1 if view.done is None else view.done)
        incomplete_from = fold.incomplete_from(done)
        tail = end if incomplete_from is None else incomplete_from
        changes = _changes(fold, deciding, Changes(expected_done=view.done, done=done, tail=tail))
        if not (await self._store.remember({partition: changes}))[partition]:
            return None
        if lost and events:
            LEDGER_REBUILDS.labels(deciding.source).inc()
            _log.warning("rebuilt", source=deciding.source, partition=partition, events=events, done=done)
        return done


def _understood(records: Sequence[Record]) -> tuple[list[Received], set[Step]]:
    """What can be read, and the events that cannot. What is no event at all is left out: poison."""
    items: list[Received] = []
    unreadable: set[Step] = set()
    for record in records:
        try:
            items.append(understand(record))
        except Undecodable as error:
            unreadable |= _step_of(record)
            _log.warning("passed-over", topic=record.topic, offset=record.offset, reason=str(error)[:300])
    return items, unreadable


def _step(item: Received) -> Step:
    return item.envelope.subject, item.envelope.sequence or 0


def _step_of(record: Record) -> set[Step]:
    try:
        envelope = decode(record.key, record.value, record.headers)
    except Undecodable:
        return set()
    return set() if envelope.sequence is None else {(envelope.subject, envelope.sequence)}


def _changes(fold: Fold[Any, Any, Any], deciding: Deciding[Any, Any, Any], changes: Changes) -> Changes:
    now_ms = to_ms(SystemClock().now())
    for aggregate_id, aggregate in fold.aggregates.items():
        keep_ms = deciding.keep_ms(aggregate)
        if keep_ms is not None:
            keep_ms -= now_ms - to_ms(fold.changed_at[aggregate_id])
            if keep_ms <= 0:
                continue  # closed so long ago that live state has dropped it
        changes.states[aggregate_id] = deciding.store(aggregate)
        changes.due_ms[aggregate_id] = deciding.due_ms(aggregate)
        changes.keep_ms[aggregate_id] = keep_ms
    return changes
