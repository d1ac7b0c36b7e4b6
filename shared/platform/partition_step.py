"""Deciding the records of one partition in memory: the second of the ledger's five steps."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from prometheus_client import Counter

from shared.contracts.envelope import EncodedRecord, Envelope, Origin, encode
from shared.contracts.ticks import Tick
from shared.platform.clock import to_ms
from shared.platform.ledger_store import Changes, PartitionView, Remembered
from shared.platform.outcomes import Outcome
from shared.platform.records import Received
from shared.platform.rules import Aggregate, Deciding
from shared.platform.step_traces import StepTraces
from shared.platform.telemetry import DEADLINE_LATENESS_SECONDS, LEDGER_COMMANDS, LEDGER_EVENTS, get_logger
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.ids import derived_id

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

INTERNAL_FAULT = Refused("internal-fault", "the record was put aside with its reason")

_log = get_logger("ledger")


class _Decided(NamedTuple, Generic[E]):
    """What one record caused in one aggregate, and what its events carry on."""

    aggregate_id: str
    decision: Accepted[E]
    correlation_id: str
    trace_parent: str | None


class PartitionStep(Generic[S, C, E]):
    """What a batch of one partition's records causes: `published`, `replies`, `faults`, and `changes`."""

    def __init__(self, deciding: Deciding[S, C, E], view: PartitionView, traces: StepTraces) -> None:
        self.published: list[EncodedRecord] = []
        self.replies: list[tuple[str, bytes]] = []
        self.faults: list[tuple[Received, str]] = []
        self._deciding = deciding
        self._view = view
        self._traces = traces
        self._due = dict(view.due)
        self._aggregates: dict[str, Aggregate[S]] = {}
        self._touched: set[str] = set()
        self._outcomes: dict[str, bytes] = {}
        self._outcomes_if_lost: dict[str, bytes] = {}

    def decide(self, items: Sequence[Received]) -> None:
        """Decide what was not decided before, in order. A fault of the rules concerns its record only.

        What comes again was decided by a worker that may have died before it could say so: its sender is answered.
        """
        done = -1 if self._view.done is None else self._view.done
        for item in items:
            if item.record.offset <= done:
                if not isinstance(item.body, Tick):
                    self._answer_again(item)
            elif isinstance(item.body, Tick):
                self._tick(item)
            else:
                self._command(item)
            done = max(done, item.record.offset)

    def changes(self, last: int, tail: int) -> Changes:
        """What to remember once the events are published; `tail`: from where on events are not folded."""
        aggregates = {key: self._aggregates[key] for key in sorted(self._touched)}
        return Changes(
            expected_done=self._view.done,
            done=max(last, -1 if self._view.done is None else self._view.done),
            tail=tail,
            states={key: self._deciding.store(aggregate) for key, aggregate in aggregates.items()},
            due_ms={key: self._deciding.due_ms(aggregate) for key, aggregate in aggregates.items()},
            keep_ms={key: self._deciding.keep_ms(aggregate) for key, aggregate in aggregates.items()},
            outcomes=self._outcomes,
            outcomes_if_lost=self._outcomes_if_lost,
        )

    def _command(self, item: Received) -> None:
        assert item.body is not None
        aggregate_id = item.envelope.subject
        aggregate = self._aggregate(aggregate_id)
        decision: Accepted[E] | Refused = Accepted(())
        try:
            with self._traces.deciding(type(item.body).__name__, item, item.envelope.trace_parent) as trace_parent:
                if item.envelope.id not in aggregate.handled:
                    command = self._deciding.commands_in.to_domain(item.body)
                    decision = self._deciding.rules.decide(aggregate.state, command, item.record.timestamp)
                if isinstance(decision, Accepted):
                    self._accept(item, [_Decided(aggregate_id, decision, item.envelope.correlation_id, trace_parent)])
        except Exception as error:
            self._fault(item, error)
            decision = INTERNAL_FAULT
        _commands(self._deciding.source, type(decision).__name__).inc()
        self._answer(item, decision)

    def _tick(self, item: Received) -> None:
        now = item.record.timestamp
        now_ms = to_ms(now)
        due = sorted((due_ms, key) for key, due_ms in self._due.items() if due_ms <= now_ms)
        accepted: list[_Decided[E]] = []
        for due_ms, aggregate_id in due:
            aggregate = self._aggregate(aggregate_id)
            del self._due[aggregate_id]  # even when it fails: a faulty deadline must not stop the others for ever
            self._touched.add(aggregate_id)
            try:
                with self._traces.deciding(TimePassed.__name__, item, self._traces.of(aggregate_id)) as trace_parent:
                    decision = self._deciding.rules.decide(aggregate.state, TimePassed(), now)
            except Exception as error:
                self._fault(item, error)
                continue
            lateness = DEADLINE_LATENESS_SECONDS.labels(self._deciding.source, _caused(decision))
            lateness.observe((now_ms - due_ms) / 1000)
            if isinstance(decision, Accepted):
                accepted.append(_Decided(aggregate_id, decision, aggregate.correlation_id, trace_parent))
        self._accept(item, accepted)

    def _accept(self, item: Received, decisions: Sequence[_Decided[E]]) -> None:
        """Evolve and encode everything that one record caused."""
        parts = sum(len(decided.decision.events) for decided in decisions)
        records: list[EncodedRecord] = []
        evolved: dict[str, Aggregate[S]] = {}
        for decided in decisions:
            aggregate_id, events = decided.aggregate_id, decided.decision.events
            aggregate = self._aggregate(aggregate_id)
            trace_parent = self._traces.publishing(aggregate_id, events, decided.trace_parent)
            caused_by = decided if trace_parent is None else decided._replace(trace_parent=trace_parent)
            for event in events:
                aggregate = self._deciding.evolve(aggregate, event, item.envelope.id, decided.correlation_id)
                part = (len(records) + 1, parts)
                records.append(self._encode(item, caused_by, aggregate.sequence, event, part))
            if events:
                evolved[aggregate_id] = aggregate
        self.published += records
        self._aggregates.update(evolved)
        for aggregate_id, aggregate in evolved.items():
            self._touched.add(aggregate_id)
            due_ms = self._deciding.due_ms(aggregate)
            if due_ms is None:
                self._due.pop(aggregate_id, None)
            else:
                self._due[aggregate_id] = due_ms

    def _encode(
        self, item: Received, caused_by: _Decided[E], sequence: int, event: E, part: tuple[int, int]
    ) -> EncodedRecord:
        body = self._deciding.events_out.to_contract(event)
        drill = bool(getattr(body, "drill", False))
        envelope = Envelope(
            id=derived_id(self._deciding.rules.aggregate, caused_by.aggregate_id, sequence),
            source=self._deciding.source,
            type=body.ce_type(),
            subject=caused_by.aggregate_id,
            time=item.record.timestamp,
            correlation_id=caused_by.correlation_id,
            causation_id=item.envelope.id,
            sequence=sequence,
            drill=drill,
            origin=Origin(item.record.topic, item.record.partition, item.record.offset),
            part=part,
            trace_parent=caused_by.trace_parent,
        )
        _events(self._deciding.source, type(event).__name__, drill).inc()
        return encode(envelope, body)

    def _answer_again(self, item: Received) -> None:
        """Accepted, if it had effect. Else it was refused, and now is for the same reason as far as can be known."""
        if item.envelope.reply_to is None:
            return
        assert item.body is not None
        aggregate = self._aggregate(item.envelope.subject)
        decision: Accepted[E] | Refused = Accepted(())
        if item.envelope.id not in aggregate.handled:
            try:
                command = self._deciding.commands_in.to_domain(item.body)
                decision = self._deciding.rules.decide(aggregate.state, command, item.record.timestamp)
            except Exception:  # it was buried then
                decision = INTERNAL_FAULT
            if isinstance(decision, Accepted) and decision.events:
                decision = Refused("outcome-lost", "it had no effect then; it may be sent again")
        outcome = self._outcome(item, decision)
        # That it had effect is certain; a refusal is a guess, and must not replace what is known.
        known = self._outcomes if item.envelope.id in aggregate.handled else self._outcomes_if_lost
        known[item.envelope.id] = outcome
        self.replies.append((item.envelope.reply_to, outcome))

    def _answer(self, item: Received, decision: Accepted[E] | Refused) -> None:
        if item.envelope.reply_to is not None:
            outcome = self._outcome(item, decision)
            self._outcomes[item.envelope.id] = outcome
            self.replies.append((item.envelope.reply_to, outcome))

    def _outcome(self, item: Received, decision: Accepted[E] | Refused) -> bytes:
        aggregate_id = item.envelope.subject
        remembered = self._deciding.store(self._aggregate(aggregate_id))
        refused = decision if isinstance(decision, Refused) else None
        outcome = Outcome(
            command_id=item.envelope.id,
            aggregate_id=aggregate_id,
            status="accepted" if refused is None else "refused",
            sequence=remembered.sequence,
            state=None if remembered.state is None else remembered.state.decode(),
            code=None if refused is None else refused.code,
            detail=None if refused is None else refused.detail,
        )
        return outcome.model_dump_json().encode()

    def _aggregate(self, aggregate_id: str) -> Aggregate[S]:
        aggregate = self._aggregates.get(aggregate_id)
        if aggregate is None:
            aggregate = self._deciding.load(self._view.states.get(aggregate_id, Remembered()))
            self._aggregates[aggregate_id] = aggregate
        return aggregate

    def _fault(self, item: Received, error: Exception) -> None:
        _log.exception("fault", subject=item.envelope.subject, offset=item.record.offset)
        self.faults.append((item, f"{type(error).__name__}: {error}"))


@cache  # looking a child up by its labels costs more than counting
def _commands(ledger: str, outcome: str) -> Counter:
    return LEDGER_COMMANDS.labels(ledger, outcome.lower())


@cache
def _events(ledger: str, event: str, drill: bool) -> Counter:
    return LEDGER_EVENTS.labels(ledger, event, str(drill).lower())


def _caused(decision: Accepted[Any] | Refused) -> str:
    """What a deadline brought about: the name of its first event, since the earliest of several fires first."""
    return type(decision.events[0]).__name__ if isinstance(decision, Accepted) and decision.events else "nothing"
