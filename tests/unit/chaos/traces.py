"""Small logs, made by hand in one partition, as a sound system would have written them."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from tests.chaos.checker.contracts import (
    AGGREGATES,
    CHECKIN_COMMANDS,
    DELIVERIES,
    DISPATCH_COMMANDS,
    DUTY,
    EVENTS_OF,
    INCIDENTS,
    LANES,
    READERS,
    derived_id,
)
from tests.chaos.checker.log import TICK, DeadLetter, Log, Place, Record
from tests.chaos.checker.times import SECOND_US, moment, text_of

START_US = moment("2026-01-01T00:00:00+00:00")
UNIT, OTHER_UNIT, INCIDENT, STATION = "u1", "u2", "i1", "s1"
PATH = "/440100/440106"
Event = tuple[str, dict[str, Any]]


def at(second: float) -> int:
    """Microseconds, so many seconds after the start."""
    return START_US + round(second * SECOND_US)


def text(second: float) -> str:
    return text_of(at(second))


class Trace:
    """Collects records. Every event of a command is published 5 ms after it."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = defaultdict(list)
        self.letters: list[DeadLetter] = []
        self.injected: dict[Place, str] = {}
        self.fixes: set[int] = set()
        self._sequences: Counter[tuple[str, str]] = Counter()
        self._ticks = 0

    def command(
        self, topic: str, kind: str, subject: str, second: float, id_: str | None = None, **body: Any
    ) -> Record:
        """A command record at a time."""
        id_ = id_ or f"{kind}-{subject}-{len(self.records[topic])}"
        return self._append(topic, at(second) // 1000, kind=kind, id=id_, subject=subject, value=_json(body))

    def tick(self, topic: str, second: float) -> Record:
        self._ticks += 1
        return self._append(topic, at(second) // 1000, kind=TICK, id=f"tick-{self._ticks}", subject="t", value=None)

    def tell(self, cause: Record, subject: str, *events: Event) -> list[Record]:
        """The events of one aggregate that a record caused."""
        topic = EVENTS_OF[cause.place.topic]
        told: list[Record] = []
        for number, (kind, body) in enumerate(events, 1):
            self._sequences[topic, subject] += 1
            sequence = self._sequences[topic, subject]
            event = self._append(
                topic,
                cause.timestamp_ms + 5,
                kind=kind,
                id=derived_id(AGGREGATES[topic], subject, sequence),
                subject=subject,
                value=_json({"at": text_of(cause.at_us), **body}),
                sequence=sequence,
                causation=cause.id,
                origin=cause.place,
                part=(number, len(events)),
            )
            told.append(event)
        return told

    def copy(self, record: Record, **changes: Any) -> Record:
        """A record written once more, with these fields changed."""
        place = self._next(record.place.topic)
        copied = record._replace(place=place, **changes)
        self.records[record.place.topic].append(copied)
        return copied

    def remove(self, record: Record) -> None:
        self.records[record.place.topic].remove(record)

    def replace(self, record: Record, **changes: Any) -> Record:
        """The record, changed where it lies."""
        changed = record._replace(**changes)
        records = self.records[record.place.topic]
        records[records.index(record)] = changed
        return changed

    def log(self, **changes: Any) -> Log:
        """The log, with everything committed."""
        topics = {topic for _, topic in READERS}
        ends = {(topic, 0): self._next(topic).offset for topic in topics}
        committed = {(group, topic, 0): ends[topic, 0] for group, topic in READERS}
        whole: dict[str, Any] = {
            "records": self.records,
            "ends": ends,
            "committed": committed,
            "fixes": self.fixes,
            "dead_letters": self.letters,
            "injected": self.injected,
        }
        return Log(**{**whole, **changes})

    def _append(self, topic: str, timestamp_ms: int, **fields: Any) -> Record:
        record = Record(place=self._next(topic), timestamp_ms=timestamp_ms, **fields)
        self.records[topic].append(record)
        return record

    def _next(self, topic: str) -> Place:
        records = self.records[topic]
        return Place(topic, 0, records[-1].place.offset + 1 if records else 0)


def with_body(record: Record, **changes: Any) -> bytes:
    """The record's body with these fields changed."""
    return _json({**record.body, **changes})


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def check_in(
    trace: Trace, member: str, second: float, *, step: int, id_: str | None = None, lease_s: float = 60
) -> Record:
    """The command alone."""
    return trace.command(
        CHECKIN_COMMANDS,
        "check-in",
        UNIT,
        second,
        id_,
        member_id=member,
        post_id="p1",
        code_step=step,
        scanned_at=text(second),
        lease_s=lease_s,
    )


def checked_in(member: str, until_s: float, *, step: int, renewed: bool = False) -> Event:
    body = {"member_id": member, "post_id": "p1", "code_step": step, "until": text(until_s), "renewed": renewed}
    return "member-checked-in", body


def checked_out(member: str, reason: str) -> Event:
    return "member-checked-out", {"member_id": member, "reason": reason}


def changed(*on_duty: str, state: str, until_s: float | None) -> Event:
    until = None if until_s is None else text(until_s)
    return "unit-duty-changed", {"on_duty": list(on_duty), "state": state, "until": until, "quorum": 1}


def duty(trace: Trace) -> Callable[[str], str]:
    """Two check in; the first one leaves, the lease of the second one ends. Gives the ids of the commands by name."""
    first = check_in(trace, "m1", 0, step=1)
    trace.tell(first, UNIT, checked_in("m1", 60, step=1), changed("m1", state="on", until_s=60))
    second = check_in(trace, "m2", 1, step=1)
    trace.tell(second, UNIT, checked_in("m2", 61, step=1), changed("m1", "m2", state="on", until_s=61))
    trace.tick(CHECKIN_COMMANDS, 2)
    leaves = trace.command(CHECKIN_COMMANDS, "check-out", UNIT, 3, member_id="m1")
    trace.tell(leaves, UNIT, checked_out("m1", "left"), changed("m2", state="on", until_s=61))
    trace.tick(CHECKIN_COMMANDS, 60.9)
    lapse = trace.tick(CHECKIN_COMMANDS, 61.4)
    trace.tell(lapse, UNIT, checked_out("m2", "lease-expired"), changed(state="off", until_s=None))
    trace.tick(CHECKIN_COMMANDS, 62)
    return {"m1": first.id, "m2": second.id, "leaves": leaves.id}.__getitem__


PLAYBOOK = {"tell": ["station"], "stages": [{"number": 3, "due_after_s": 30.0}], "silence_s": 5.0}


def reported(*, drill: bool = False) -> Event:
    return "incident-reported", {"drill": drill, "path": PATH, "playbook": PLAYBOOK}


def issued(order: str, unit: str, second: float, *, drill: bool = False) -> Event:
    body = {"order_id": order, "assignee_kind": "unit", "assignee_id": unit, "stage": 3, "drill": drill}
    return "order-issued", {**body, "respond_by": text(second + 5)}


def of_order(kind: str, order: str) -> Event:
    return kind, {"order_id": order}


def report(trace: Trace, incident: str, second: float, *, drill: bool = False) -> Record:
    """An incident with one round asked for."""
    command = trace.command(DISPATCH_COMMANDS, "report-incident", incident, second)
    trace.tell(command, incident, reported(drill=drill), ("reinforcement-requested", {"round": 1, "stage": 3}))
    return command


def assign(trace: Trace, incident: str, order: str, unit: str, second: float, *, drill: bool = False) -> Record:
    command = trace.command(DISPATCH_COMMANDS, "assign-units", incident, second, round=1)
    considered: Event = ("units-considered", {"round": 1, "stage": 3})
    trace.tell(command, incident, considered, issued(order, unit, second, drill=drill))
    return command


def answer(trace: Trace, incident: str, kind: str, order: str, second: float, unit: str = UNIT) -> Record:
    """The command alone."""
    by = {"by_assignee": unit, "on_behalf": False}
    return trace.command(DISPATCH_COMMANDS, kind, incident, second, order_id=order, **by)


def incident(trace: Trace) -> None:
    """One unit says nothing, a second one comes late, the stage is missed, the incident is cleared."""
    report(trace, INCIDENT, 0)
    assign(trace, INCIDENT, "o1", UNIT, 1)
    trace.tick(DISPATCH_COMMANDS, 5.9)
    silent = trace.tick(DISPATCH_COMMANDS, 6.2)
    again: Event = ("reinforcement-requested", {"round": 2, "stage": 3})
    trace.tell(silent, INCIDENT, of_order("order-unanswered", "o1"), again)
    second = trace.command(DISPATCH_COMMANDS, "assign-units", INCIDENT, 7, round=2)
    trace.tell(second, INCIDENT, ("units-considered", {"round": 2, "stage": 3}), issued("o2", OTHER_UNIT, 7))
    heard = answer(trace, INCIDENT, "acknowledge-order", "o2", 9, OTHER_UNIT)
    trace.tell(heard, INCIDENT, of_order("order-acknowledged", "o2"))
    late = trace.tick(DISPATCH_COMMANDS, 30.3)
    missed: Event = ("stage-missed", {"stage": 3, "due": text(30)})
    trace.tell(late, INCIDENT, missed, ("incident-escalated", {"level": 2, "reason": "stage-missed"}))
    there = answer(trace, INCIDENT, "report-arrival", "o2", 40, OTHER_UNIT)
    attained: Event = ("stage-attained", {"stage": 3, "in_time": False})
    trace.tell(there, INCIDENT, of_order("assignee-arrived", "o2"), attained)
    over = trace.command(DISPATCH_COMMANDS, "clear-incident", INCIDENT, 50)
    trace.tell(over, INCIDENT, of_order("order-completed", "o2"), ("incident-cleared", {"outcome": "resolved"}))
    trace.tick(DISPATCH_COMMANDS, 51)


NUMBER = "13800000001"


def planned(order: str, *members: str, lane: str = "emergency", channel: str = "sms") -> Event:
    channels = [{"kind": channel, "address": NUMBER}]
    recipients = [{"member_id": member, "channels": channels} for member in members]
    body = {"purpose": "order", "order_id": order, "lane": lane, "recipients": recipients, "expires_at": text(900)}
    return "delivery-planned", body


def attempt_id(delivery: str, number: int, *members: str, channel: str = "sms") -> str:
    return derived_id("attempt", delivery, channel, number, *members)


def begun(delivery: str, number: int, *members: str, lane: str = "emergency", channel: str = "sms") -> Event:
    body = {"attempt_id": attempt_id(delivery, number, *members, channel=channel), "number": number, "lane": lane}
    return "attempt-begun", {**body, "channel": channel, "recipient_ids": list(members)}


def ended(
    delivery: str, number: int, outcome: str, *members: str, lane: str = "emergency", channel: str = "sms"
) -> Event:
    results = [{"member_id": member, "outcome": outcome} for member in members]
    body = {"attempt_id": attempt_id(delivery, number, *members, channel=channel), "lane": lane, "channel": channel}
    return "attempt-ended", {**body, "results": results}


def delivery(
    trace: Trace,
    id_: str,
    order: str,
    *outcomes: str,
    lane: str = "emergency",
    channel: str = "sms",
    second: float = 1.0,
) -> None:
    """One member is told of an order; `outcomes` are those of the attempts, a second apart."""
    plan = trace.command(LANES[lane], "plan-delivery", id_, second)
    kinds = {"lane": lane, "channel": channel}
    trace.tell(plan, id_, planned(order, "m1", **kinds), begun(id_, 1, "m1", **kinds))
    for number, outcome in enumerate(outcomes, 1):
        end = trace.command(
            LANES[lane],
            "end-attempt",
            id_,
            second + number,
            attempt_id=attempt_id(id_, number, "m1", channel=channel),
        )
        trace.tell(end, id_, ended(id_, number, outcome, "m1", **kinds))
        if number < len(outcomes):
            tick = trace.tick(LANES[lane], second + number + 0.5)
            trace.tell(tick, id_, begun(id_, number + 1, "m1", **kinds))


def the(trace: Trace, kind: str, number: int = 0) -> Record:
    """The event of this kind that was told first, or as the `number`-th after it."""
    found = [event for topic in (DUTY, INCIDENTS, DELIVERIES) for event in trace.records[topic] if event.kind == kind]
    return found[number]
