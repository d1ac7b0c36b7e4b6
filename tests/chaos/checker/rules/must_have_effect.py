"""Commands that cannot have been refused by what the log says of the moment at which they were decided.

A decider that loses a record leaves no other trace: its group's offset has moved on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.chaos.checker.contracts import CHECKIN_COMMANDS, DELIVERIES, DISPATCH_COMMANDS, DUTY, INCIDENTS, LANES
from tests.chaos.checker.folding.duty import Duty
from tests.chaos.checker.folding.incident import Incident
from tests.chaos.checker.log import TICK, UNFOLDABLE, Log, Record, Story
from tests.chaos.checker.times import SECOND_US, moment

SCAN_GOOD_FOR_US = 600 * SECOND_US
Skipped = tuple[Record, str]


def skipped(log: Log) -> tuple[int, list[Skipped]]:
    """How many commands were looked at, and those that must have had an effect and had none."""
    found: list[Skipped] = []
    checked = 0
    for topics, events, judge in (
        ((CHECKIN_COMMANDS,), DUTY, _duty),
        ((DISPATCH_COMMANDS,), INCIDENTS, _incident),
        (tuple(LANES.values()), DELIVERIES, _delivery),
    ):
        for subject, commands in _by_subject(log, topics).items():
            checked += len(commands)
            story = log.stories[events].get(subject, Story(subject, ()))
            try:
                found += [item for item in judge(commands, story) if not _is_undecided(item[0], log)]
            except UNFOLDABLE as error:
                found.append((commands[0], f"the events of {subject} do not fit together: {error!r}"))
    return checked, found


def _by_subject(log: Log, topics: Iterable[str]) -> dict[str, list[Record]]:
    """Each command once, where it lies first, by aggregate and in order."""
    by_subject: dict[str, list[Record]] = defaultdict(list)
    seen: set[str] = set()
    for topic in topics:
        for record in log.decidable(topic):
            if record.kind != TICK and record.id not in seen and record.place not in log.buried:
                seen.add(record.id)
                by_subject[record.subject].append(record)
    return by_subject


def _is_undecided(record: Record, log: Log) -> bool:
    """Other rules say that it should be decided."""
    return record.place.offset >= log.decided_until(record.place.topic, record.place.partition)


def _duty(commands: list[Record], story: Story) -> Iterator[Skipped]:
    duty = Duty()
    later = iter(story.events)
    pending = next(later, None)
    effective = {event.causation for event in story.events}
    for command in commands:
        while pending is not None and pending.origin is not None and pending.origin.offset < command.place.offset:
            duty.apply(pending)
            pending = next(later, None)
        if command.id not in effective and _would_be_accepted(duty, command):
            yield command, f"{command.kind} had no effect, and nothing spoke against it"


def _would_be_accepted(duty: Duty, command: Record) -> bool:
    body = command.body
    if command.kind == "check-out":
        return duty.leases.get(body["member_id"], 0) > command.at_us
    is_old = moment(body["scanned_at"]) < command.at_us - SCAN_GOOD_FOR_US
    used = duty.used_steps.get((body["member_id"], body["post_id"]))
    is_replayed = used is not None and body["code_step"] is not None and body["code_step"] <= used
    return not is_old and not is_replayed


def _incident(commands: list[Record], story: Story) -> Iterator[Skipped]:
    incident = Incident()
    later = iter(story.events)
    pending = next(later, None)
    effective = {event.causation for event in story.events}
    for command in commands:
        while pending is not None and pending.origin is not None and pending.origin.offset < command.place.offset:
            incident.apply(pending)
            pending = next(later, None)
        if command.id not in effective and _would_change(incident, command):
            yield command, f"{command.kind} had no effect on an incident that was {incident.state}"


def _would_change(incident: Incident, command: Record) -> bool:
    """Of what is certain: not whether an arrival was at the scene."""
    match command.kind:
        case "report-incident":
            return incident.state == "unreported"
        case "clear-incident" | "cancel-incident" | "report-sighting":
            return incident.is_running
        case "hand-over" | "escalate-incident":
            return incident.state == "open"
        case "assign-units":
            return incident.state == "open" and incident.rounds.get(command.body["round"]) is False
        case "withdraw-order":
            order = incident.orders.get(command.body["order_id"])
            return incident.is_running and order is not None and order.is_open
        case "acknowledge-order" | "decline-order":
            return incident.is_running and _may_answer(incident, command)
        case _:
            return False


def _may_answer(incident: Incident, command: Record) -> bool:
    body = command.body
    order = incident.orders.get(body["order_id"])
    if order is None or order.status != "issued":
        return False
    return body["on_behalf"] or (order.unit is not None and body["by_assignee"] == order.unit)


def _delivery(commands: list[Record], story: Story) -> Iterator[Skipped]:
    planned = {event.causation for event in story.events}
    begun: dict[str, int] = {}
    ended: set[str] = set()
    for event in story.events:
        if event.kind == "attempt-begun":
            begun[event.body["attempt_id"]] = event.origin.offset if event.origin else -1
        elif event.kind == "attempt-ended":
            ended.add(event.body["attempt_id"])
    for command in commands:
        if command.id in planned:
            continue
        if command.kind == "plan-delivery" and not story.events:
            yield command, "plan-delivery had no effect"
        elif command.kind == "end-attempt":
            attempt_id = command.body["attempt_id"]
            if attempt_id not in ended and begun.get(attempt_id, command.place.offset) < command.place.offset:
                yield command, "end-attempt had no effect, and the attempt is still out"
