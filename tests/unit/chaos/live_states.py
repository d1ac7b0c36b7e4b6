"""Redis as it would be after the small logs, written in the form in which the services keep it."""

import json
from typing import Any

from tests.chaos.checker.contracts import DELIVERIES, DUTY, INCIDENTS
from tests.chaos.checker.evidence import LiveState, Remembered
from tests.chaos.checker.log import Log
from tests.unit.chaos.traces import INCIDENT, OTHER_UNIT, PATH, PLAYBOOK, UNIT, at, attempt_id, text

USED = [{"member_id": member, "post_id": "p1", "step": 1} for member in ("m1", "m2")]
DUTY_STATE: dict[str, Any] = {"kind": "unmanned", "facts": {"quorum": 1}, "used_steps": USED}


def order(order_id: str, unit: str, status: str) -> dict[str, Any]:
    return {"order_id": order_id, "assignee_kind": "unit", "assignee_id": unit, "stage": 3, "status": status}


INCIDENT_STATE: dict[str, Any] = {
    "state": "closed",
    "level": 2,
    "drill": False,
    "path": PATH,
    "reported_at": text(0),
    "playbook": PLAYBOOK,
    "broadcast_id": None,
    "orders": [order("o1", UNIT, "unanswered"), order("o2", OTHER_UNIT, "completed")],
    "stages": [{"number": 3, "attained_at": text(40), "missed_at": text(30.3)}],
    "rounds": [{"number": 1, "answered": True}, {"number": 2, "answered": True}],
}
SETTLED: dict[str, Any] = {"state": "closed", "why": "settled", "read_ids": [], "unread_ids": ["m1"], "calls": []}
CALLING: dict[str, Any] = {
    "state": "open",
    "recipients": [{"member_id": "m1", "standing": "calling", "tries": 1, "acknowledged": False}],
    "calls": [{"attempt_id": attempt_id("d2", 1, "m1")}],
}


def live(log: Log) -> LiveState:
    """Of the duty, the incident, the settled delivery `d1` and the delivery `d2` that is under way."""
    states = {
        ("checkin", UNIT): (DUTY, DUTY_STATE),
        ("dispatch", INCIDENT): (INCIDENTS, INCIDENT_STATE),
        ("notify-emergency", "d1"): (DELIVERIES, SETTLED),
        ("notify-emergency", "d2"): (DELIVERIES, CALLING),
    }
    nodes = {(status, node): frozenset({INCIDENT}) for status in ("any", "closed") for node in ("/440100", PATH)}
    return LiveState(
        aggregates={key: remembered(log, topic, key[1], state) for key, (topic, state) in states.items()},
        due_ms={("notify-emergency", "d2"): at(30) // 1000},
        orders={},
        units={UNIT: {"duty_sequence": "8", "duty": "off", "members": "0", "on_duty": "[]", "until_ms": "1"}},
        nodes=nodes,
        summaries={INCIDENT: {"state": "closed", "level": "2"}},
        deliveries={"d1": frozenset({"plan", "s:m1"}), "d2": frozenset({"plan", "s:m1"})},
        event_counts={INCIDENT: len(log.stories[INCIDENTS][INCIDENT].events)},
    )


def remembered(log: Log, topic: str, subject: str, state: dict[str, Any]) -> Remembered:
    events = log.stories[topic][subject].events
    handled = tuple(dict.fromkeys(event.causation for event in events))
    return Remembered(events[-1].sequence, handled, json.dumps(state))
