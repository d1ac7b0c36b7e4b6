"""Which deadlines there were, and what came of each."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.checker.contracts import DUTY, INCIDENTS
from tests.chaos.checker.log import Log, Record, Story
from tests.chaos.checker.times import SECOND_US, moment

_ANSWERS = ("order-acknowledged", "order-declined", "order-withdrawn", "order-completed")
_ORDER_EVENTS = ("order-issued", "order-unanswered", *_ANSWERS)
_OVER = ("handed-over", "incident-cleared", "incident-cancelled")
_DUTY_EVENTS = ("member-checked-in", "member-checked-out")


@dataclass(slots=True, kw_only=True)
class Deadline:
    """`since` set it. `fired`: the events that say it passed; `gone`: what happened instead, before it passed."""

    kind: str
    subject: str
    due_us: int
    since: Record
    fired: list[Record] = field(default_factory=list)
    gone: Record | None = None

    @property
    def is_waiting(self) -> bool:
        return not self.fired and self.gone is None


def due_times(log: Log) -> Iterator[Deadline]:
    """Silence after an order to a unit, the end of a stage, the end of a lease."""
    for story in log.stories[INCIDENTS].values():
        yield from _silences(story)
        yield from _stages(story)
    for story in log.stories[DUTY].values():
        yield from _leases(story)


def _silences(story: Story) -> Iterator[Deadline]:
    """By order. The police are asked again instead."""
    about: dict[str, list[Record]] = defaultdict(list)
    for event in story.events:
        if event.kind in _ORDER_EVENTS:
            about[event.body["order_id"]].append(event)
    for order_id, events in about.items():
        issued = next((event for event in events if event.kind == "order-issued"), None)
        if issued is None or issued.body["assignee_kind"] != "unit":
            continue
        yield Deadline(
            kind="silence",
            subject=order_id,
            due_us=moment(issued.body["respond_by"]),
            since=issued,
            fired=[event for event in events if event.kind == "order-unanswered"],
            gone=next((event for event in events if event.kind in _ANSWERS), None),
        )


def _stages(story: Story) -> Iterator[Deadline]:
    """By incident and stage. A stage that was missed may be attained later."""
    reported = story.events[0]
    if reported.kind != "incident-reported":
        return
    body = reported.body
    over = next((event for event in story.events if event.kind in _OVER), None)
    of_stages = [(event, event.body["stage"]) for event in story.events if event.kind.startswith("stage-")]
    for stage in body["playbook"]["stages"]:
        own = [event for event, number in of_stages if number == stage["number"]]
        missed = [event for event in own if event.kind == "stage-missed"]
        attained = next((event for event in own if event.kind == "stage-attained"), None)
        gone = min((e for e in (attained, over) if e is not None), key=lambda event: event.sequence, default=None)
        if gone is not None and missed and gone.sequence > missed[0].sequence:
            gone = None
        yield Deadline(
            kind="stage",
            subject=f"{story.subject}/{stage['number']}",
            due_us=moment(body["at"]) + round(stage["due_after_s"] * SECOND_US),
            since=reported,
            fired=missed,
            gone=gone,
        )


def _leases(story: Story) -> Iterator[Deadline]:
    """By unit and member; each renewal is a lease of its own."""
    held: dict[str, Deadline] = {}
    for event in story.events:
        if event.kind not in _DUTY_EVENTS:
            continue
        body = event.body
        member_id = body["member_id"]
        lease = held.get(member_id)
        if lease is not None:
            if body.get("reason") == "lease-expired":
                lease.fired.append(event)
            elif lease.is_waiting:
                lease.gone = event
        if event.kind == "member-checked-in":
            if lease is not None:
                yield lease
            subject = f"{story.subject}/{member_id}"
            held[member_id] = Deadline(kind="lease", subject=subject, due_us=moment(body["until"]), since=event)
    yield from held.values()
