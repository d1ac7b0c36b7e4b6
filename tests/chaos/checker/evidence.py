"""All that was read of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.chaos.checker.contracts import derived_id
from tests.chaos.checker.log import Log, Place

Outcome = Literal["accepted", "refused", "durable", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A client's operation. `where` names its line; `aggregate` its unit, incident or delivery, when known.

    `statuses` are those of every try, 0 for no answer; `final` and `code` are the last word, also of a 202 that was
    followed. `fixes` are the `fix_key`s of a batch's accepted positions.
    """

    where: str
    op: str
    key: str
    by: str
    path: str
    final: int
    statuses: tuple[int, ...] = ()
    code: str | None = None
    aggregate: str | None = None
    fixes: tuple[int, ...] = ()

    @property
    def command_id(self) -> str:
        """The id of the command that this request becomes."""
        return derived_id("request", self.by, self.path, self.key)

    @property
    def outcome(self) -> Outcome:
        """`durable`: the system promised to decide it (202), and its decision was not heard."""
        if self.final == 202 and self.op != "positions":
            return "durable"
        if 200 <= self.final < 300:
            return "accepted"
        return "refused" if 400 <= self.final < 500 else "unknown"

    @property
    def is_plainly_answered(self) -> bool:
        """Whether no try may have had an effect that its answer did not tell."""
        return all(400 <= status < 500 for status in self.statuses)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was done to the system, from one moment until another (the same, for an instant)."""

    at_us: int
    until_us: int
    kind: str
    target: str

    @property
    def is_kill(self) -> bool:
        return self.kind.startswith("kill-")


@dataclass(frozen=True, slots=True)
class Injected:
    """A record that the fault run wrote; `of` is what it repeats."""

    kind: str
    place: Place
    of: Place | None


@dataclass(frozen=True, slots=True)
class SinkCall:
    """What notify asked of a provider. `id` is the Idempotency-Key; `answered` 0: taken, then never answered."""

    at_us: int
    channel: str
    id: str
    webhook_id: str | None
    to: tuple[str, ...]
    answered: int


@dataclass(frozen=True, slots=True)
class LagSample:
    """How many records a group had before it, of one topic."""

    at_us: int
    group: str
    topic: str
    lag: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """When the run began, its load and its last fault ended, and it had come to rest."""

    seed: int
    begun_us: int
    load_ended_us: int
    last_fault_ended_us: int
    rest_at_us: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """An aggregate in Redis: the ids of the commands it remembers as handled, and its state's JSON."""

    sequence: int
    handled: tuple[str, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class LiveState:
    """Redis. `aggregates` and `due_ms` are keyed by (ledger, aggregate id).

    `orders`: unit → {order id: "<drill> <issued, ms> <incident>"}; `units`: unit → its hash; `nodes`:
    (status, organisation node) → incidents; `summaries`: incident → its hash; `event_counts`: incident → events listed.
    `deliveries`: delivery → the fields that are shown of it; `inboxes`: member → deliveries.
    """

    aggregates: Mapping[tuple[str, str], Remembered] = field(default_factory=dict)
    due_ms: Mapping[tuple[str, str], int] = field(default_factory=dict)
    orders: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    nodes: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    summaries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    event_counts: Mapping[str, int] = field(default_factory=dict)
    doubly_ordered: frozenset[str] = frozenset()
    deliveries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    inboxes: Mapping[str, frozenset[str]] = field(default_factory=dict)


Kept = tuple[str, str, int, str]
"""A row of the history: event id, subject, sequence, type."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything. `history`: topic → its table's rows, after the merge that keeps one of each event."""

    operations: tuple[Operation, ...]
    faults: tuple[Fault, ...]
    injected: tuple[Injected, ...]
    sink: tuple[SinkCall, ...]
    lag: tuple[LagSample, ...]
    facts: RunFacts
    log: Log
    live: LiveState
    history: Mapping[str, list[Kept]]
