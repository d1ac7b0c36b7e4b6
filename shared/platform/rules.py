"""A service's decider as the ledger takes it, and an aggregate in memory."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from shared.contracts.topics import Topic
from shared.platform.clock import to_ms
from shared.platform.ledger_store import Remembered
from shared.platform.translation import Translation
from shared.vocabulary.decisions import Accepted, Refused, TimePassed

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

HANDLED_KEPT = 64


@dataclass(frozen=True)
class Rules(Generic[S, C, E]):
    """Everything here is pure."""

    aggregate: str
    initial: S
    decide: Callable[[S, C | TimePassed, datetime], Accepted[E] | Refused]
    evolve: Callable[[S, E], S]
    due: Callable[[S], datetime | None]
    """The next deadline; at the first tick at or after it, `decide(state, TimePassed(), tick_time)`."""
    keep_for: Callable[[S], timedelta | None]
    """Not None when closed: live state is dropped so long after. Longer than commands are kept (7 days)."""
    state_type: Any
    command_types: tuple[type[Any], ...]
    event_types: tuple[type[Any], ...]


@dataclass(frozen=True)
class Aggregate(Generic[S]):
    """One aggregate in memory."""

    sequence: int
    correlation_id: str
    handled: tuple[str, ...]
    state: S


@dataclass(frozen=True)
class Deciding(Generic[S, C, E]):
    """Rules with the topics they decide for: reads commands and stored states, writes events."""

    rules: Rules[S, C, E]
    commands: Topic
    events: Topic
    source: str

    @cached_property
    def commands_in(self) -> Translation[C]:
        return Translation(self.commands, self.rules.command_types)

    @cached_property
    def events_out(self) -> Translation[E]:
        return Translation(self.events, self.rules.event_types)

    @cached_property
    def _codec(self) -> TypeAdapter[S]:
        return TypeAdapter(self.rules.state_type)

    def load(self, stored: Remembered) -> Aggregate[S]:
        state = self.rules.initial if stored.state is None else self._codec.validate_json(stored.state)
        return Aggregate(stored.sequence, stored.correlation_id, stored.handled, state)

    def store(self, aggregate: Aggregate[S]) -> Remembered:
        state = self._codec.dump_json(aggregate.state)
        return Remembered(aggregate.sequence, aggregate.correlation_id, aggregate.handled, state)

    def evolve(self, aggregate: Aggregate[S], event: E, causation_id: str, correlation_id: str) -> Aggregate[S]:
        """The aggregate after its next event."""
        handled = aggregate.handled
        if causation_id not in handled[-1:]:
            handled = (*handled, causation_id)[-HANDLED_KEPT:]
        return replace(
            aggregate,
            sequence=aggregate.sequence + 1,
            correlation_id=aggregate.correlation_id or correlation_id,
            handled=handled,
            state=self.rules.evolve(aggregate.state, event),
        )

    def due_ms(self, aggregate: Aggregate[S]) -> int | None:
        due = self.rules.due(aggregate.state)
        return None if due is None else to_ms(due)

    def keep_ms(self, aggregate: Aggregate[S]) -> int | None:
        keep = self.rules.keep_for(aggregate.state)
        return None if keep is None else int(keep.total_seconds() * 1000)
