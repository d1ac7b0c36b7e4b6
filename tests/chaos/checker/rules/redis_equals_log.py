"""Live state is what the events come to: nothing lost, nothing left over, every deadline waited for."""

import json
from collections.abc import Iterator
from typing import Any

from tests.chaos.checker.contracts import DELIVERIES, DUTY, INCIDENTS, LEDGERS
from tests.chaos.checker.evidence import LiveState, Remembered
from tests.chaos.checker.folding.delivery import Delivery
from tests.chaos.checker.folding.duty import Duty, duty_of
from tests.chaos.checker.folding.incident import Incident, incident_of
from tests.chaos.checker.log import UNFOLDABLE, Log, Story
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.times import MS_US, SECOND_US

RULE = "redis-equals-log"
HANDLED_KEPT = 64
"""So many causes of events a ledger remembers beside a state."""
Difference = tuple[str, Any, Any]
"""What differs, as the log has it, as Redis has it."""


def redis_equals_log(log: Log, live: LiveState) -> Finding:
    """Compares every aggregate of the log with its live state, and looks for live states of no aggregate."""
    finding = Finding(RULE)
    known: set[tuple[str, str]] = set()
    for topic in (DUTY, INCIDENTS, DELIVERIES):
        for story in log.stories[topic].values():
            ledger = _ledger(story)
            if ledger is None:
                continue
            known.add((ledger, story.subject))
            finding.checked += 1
            stored = live.aggregates.get((ledger, story.subject))
            if stored is None:
                finding.violate(story.subject, f"{ledger} has no live state of it", story.events[-1])
                continue
            for what, in_log, in_redis in _differences(topic, story, stored, live.due_ms.get((ledger, story.subject))):
                finding.violate(story.subject, f"{what}: {in_log} by the log, {in_redis} in Redis", story.events[-1])
    for ledger, aggregate_id in live.aggregates.keys() - known:
        if live.aggregates[ledger, aggregate_id].sequence:
            finding.violate(aggregate_id, f"{ledger} has a live state of what is not in the log")
    return finding


def _ledger(story: Story) -> str | None:
    origin = story.events[0].origin
    return None if origin is None else LEDGERS.get(origin.topic)


def _differences(topic: str, story: Story, stored: Remembered, due_ms: int | None) -> Iterator[Difference]:
    last = story.events[-1].sequence
    if stored.sequence != last:
        yield "sequence", last, stored.sequence
        return
    handled = _handled(story)
    if stored.handled != handled:
        yield "commands handled", len(handled), f"others ({len(stored.handled)})"
    state: dict[str, Any] = json.loads(stored.state)
    try:
        match topic:
            case _ if topic == DUTY:
                yield from _duty(story, state, due_ms)
            case _ if topic == INCIDENTS:
                yield from _incident(story, state, due_ms)
            case _:
                yield from _delivery(story, state, due_ms)
    except UNFOLDABLE as error:
        yield "fold", f"impossible ({type(error).__name__}: {error})", state.get("state", state.get("kind"))


def _handled(story: Story) -> tuple[str, ...]:
    causes: list[str] = []
    for event in story.events:
        if causes[-1:] != [event.causation]:
            causes.append(event.causation)
    return tuple(causes[-HANDLED_KEPT:])


def _duty(story: Story, state: dict[str, Any], due_ms: int | None) -> Iterator[Difference]:
    mine = Duty()
    for event in story.events:
        mine.apply(event)
    theirs = duty_of(state)
    if mine.kind != state["kind"]:
        yield "duty", mine.kind, state["kind"]
    yield from _unequal("quorum", mine.quorum, theirs.quorum)
    yield from _unequal("on duty", mine.leases, theirs.leases)
    yield from _unequal("codes used", mine.used_steps, theirs.used_steps)
    lapses = min(mine.leases.values(), default=None)
    yield from _waits_for("the first lease's end", lapses, due_ms, exactly=True)


def _incident(story: Story, state: dict[str, Any], due_ms: int | None) -> Iterator[Difference]:
    mine = Incident()
    for event in story.events:
        mine.apply(event)
    theirs = incident_of(state)
    for name in ("state", "level", "drill", "path", "broadcast_id", "orders", "stages", "rounds"):
        yield from _unequal(name, getattr(mine, name), getattr(theirs, name))
    if mine.state == "open":
        dues = {stage["number"]: stage["due_after_s"] for stage in mine.playbook["stages"]}
        waiting = [n for n, stage in mine.stages.items() if stage.attained_us is None and stage.missed_us is None]
        first = min((mine.reported_us + round(dues[number] * SECOND_US) for number in waiting), default=None)
        if first is not None:
            yield from _waits_for("a stage's end", first, due_ms, exactly=False)
    elif due_ms is not None:
        yield "deadline", None, due_ms


def _delivery(story: Story, state: dict[str, Any], due_ms: int | None) -> Iterator[Difference]:
    mine = Delivery()
    for event in story.events:
        mine.apply(event)
    yield from _unequal("state", "open" if mine.why is None else "closed", state["state"])
    yield from _unequal("attempts out", set(mine.calls), {call["attempt_id"] for call in state["calls"]})
    if mine.why is None and state["state"] == "open":
        ours = {m: (r.standing, r.tries, r.is_acknowledged) for m, r in mine.recipients.items()}
        others = {r["member_id"]: (r["standing"], r["tries"], r["acknowledged"]) for r in state["recipients"]}
        yield from _unequal("recipients", ours, others)
        if due_ms is None:
            yield "deadline", "some", None
    elif mine.why is not None and state["state"] == "closed":
        yield from _unequal("closed as", mine.why, state["why"])
        yield from _unequal("read by", mine.read_ids, set(state["read_ids"]))
        yield from _unequal("not read by", set(mine.recipients) - mine.read_ids, set(state["unread_ids"]))


def _unequal(what: str, mine: Any, theirs: Any) -> Iterator[Difference]:
    if mine != theirs:
        yield what, mine, theirs


def _waits_for(what: str, due_us: int | None, due_ms: int | None, *, exactly: bool) -> Iterator[Difference]:
    """`exactly`: it is the only kind of deadline; else an earlier one may be waited for. Times are rounded up to ms."""
    if due_us is None or due_ms is None:
        if (due_us is None) != (due_ms is None):
            yield f"deadline ({what})", due_us, due_ms
        return
    later_us = due_ms * MS_US - due_us
    if later_us > 2 * MS_US or (exactly and later_us < -MS_US):
        yield f"deadline ({what})", due_us, due_ms * MS_US
