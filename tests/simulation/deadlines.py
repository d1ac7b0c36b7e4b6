"""Each deadline once, at the first tick that passes it, and none that something earlier in the log has ended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.contracts.delivery import AttemptBegun, AttemptEnded, DeliveryExpired, DeliveryPlanned
from shared.contracts.duty import MemberCheckedIn, MemberCheckedOut
from shared.contracts.incident import (
    HandedOver,
    IncidentCancelled,
    IncidentCleared,
    IncidentReported,
    OrderIssued,
    OrderUnanswered,
    StageAttained,
    StageMissed,
)
from shared.platform.records import Received
from shared.vocabulary.terms import AssigneeKind
from tests.simulation.history import Course

CLOSINGS = (HandedOver, IncidentCleared, IncidentCancelled)


@dataclass
class Deadline:
    """`since`, `until`: the command offsets at which it became known, and at which it ended for some reason."""

    at: datetime
    since: int
    until: int | None = None


Open = dict[str, Deadline]
"""The deadlines of one aggregate that are running, by what they are for."""
Follow = Callable[[Open, Any, int], Iterator[str]]


def deadlines_fire_once(course: Course) -> Iterator[str]:
    """For leases, orders, stages and attempts."""
    follow = {"duty": _follow_duty, "incident": _follow_incident, "delivery": _follow_delivery}
    for subject, events in course.events.items():
        judged = _Judged(course, subject)
        for event in events:
            yield from judged.add(event, follow[course.deciding.rules.aggregate])
        yield from judged.end()


class _Judged:
    """One aggregate's deadlines, event after event."""

    def __init__(self, course: Course, subject: str) -> None:
        self._course = course
        self._subject = subject
        self._open: Open = {}
        self._partition = 0

    def add(self, event: Received, follow: Follow) -> Iterator[str]:
        assert event.envelope.origin is not None
        offset, self._partition = event.envelope.origin.offset, event.envelope.origin.partition
        before = dict(self._open)
        for wrong in follow(self._open, event.body, offset):
            yield f"{self._subject}: {wrong} by {event.envelope.origin}"
        for name, deadline in before.items():
            if self._open.get(name) is not deadline:
                yield from self._late(name, deadline, offset)

    def end(self) -> Iterator[str]:
        for name, deadline in self._open.items():
            yield from self._late(name, deadline, None)

    def _late(self, name: str, deadline: Deadline, until: int | None) -> Iterator[str]:
        """A tick between its beginning and its end that should have made it fire."""
        for offset, time in self._course.ticks.get(self._partition, ()):
            if deadline.since < offset and (until is None or offset < until) and time >= deadline.at:
                yield f"{self._subject}: {name} was due at {deadline.at} and not fired by the tick at {offset}"
                return


def _fire(running: Open, name: str, at: datetime) -> Iterator[str]:
    deadline = running.pop(name, None)
    if deadline is None:
        yield f"{name} fired though it was not running"
    elif at < deadline.at:
        yield f"{name} fired at {at}, before {deadline.at}"


def _follow_duty(running: Open, event: Any, offset: int) -> Iterator[str]:
    match event:
        case MemberCheckedIn():
            running[event.member_id] = Deadline(event.until, offset)
        case MemberCheckedOut(reason="lease-expired"):
            yield from _fire(running, event.member_id, event.at)
        case MemberCheckedOut():
            running.pop(event.member_id, None)
        case _:
            pass


def _follow_incident(running: Open, event: Any, offset: int) -> Iterator[str]:
    match event:
        case IncidentReported():
            for stage in event.playbook.stages:
                due = event.at + timedelta(seconds=stage.due_after_s)
                running[f"stage {stage.number}"] = Deadline(due, offset)
        case StageMissed():
            yield from _fire(running, f"stage {event.stage}", event.at)
        case StageAttained():
            running.pop(f"stage {event.stage}", None)
        case OrderIssued(assignee_kind=AssigneeKind.UNIT):
            running[f"order {event.order_id}"] = Deadline(event.respond_by, offset)
        case OrderUnanswered():
            yield from _fire(running, f"order {event.order_id}", event.at)
        case _ if isinstance(event, CLOSINGS):
            running.clear()
        case _ if hasattr(event, "order_id"):
            running.pop(f"order {event.order_id}", None)
        case _:
            pass


def _follow_delivery(running: Open, event: Any, offset: int) -> Iterator[str]:
    match event:
        case DeliveryPlanned():
            running["expiry"] = Deadline(event.expires_at, 1 << 60)  # waits for attempts that are out: never late
        case AttemptBegun():
            running[f"attempt {event.attempt_id}"] = Deadline(event.unknown_at, offset)
        case AttemptEnded(latency_ms=None):
            yield from _fire(running, f"attempt {event.attempt_id}", event.at)
        case AttemptEnded():
            if running.pop(f"attempt {event.attempt_id}", None) is None:
                yield f"attempt {event.attempt_id} ended twice"
        case DeliveryExpired():
            yield from _fire(running, "expiry", event.at)
        case _:
            pass
