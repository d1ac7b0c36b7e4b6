"""What dispatch chooses and lists by is what the events come to."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.chaos.checker.contracts import DUTY, INCIDENTS
from tests.chaos.checker.evidence import LiveState
from tests.chaos.checker.folding.incident import Incident
from tests.chaos.checker.log import UNFOLDABLE, Log, Record
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.times import MS_US, moment

RULE = "read-side-equals-log"


def read_side_equals_log(log: Log, live: LiveState) -> Finding:
    """Open orders by unit, duty by unit, incidents by organisation node and state."""
    finding = Finding(RULE)
    incidents: dict[str, Incident] = {}
    for subject, story in log.stories[INCIDENTS].items():
        try:
            incidents[subject] = _fold(story.events)
        except UNFOLDABLE as error:
            finding.violate(subject, f"its events do not fit together: {error!r}", story.events[-1])
    _judge_orders(incidents, live, finding)
    _judge_units(log, live, finding)
    _judge_lists(incidents, log, live, finding)
    return finding


def _fold(events: tuple[Record, ...]) -> Incident:
    incident = Incident()
    for event in events:
        incident.apply(event)
    return incident


def _judge_orders(incidents: dict[str, Incident], live: LiveState, finding: Finding) -> None:
    mine: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for incident_id, incident in incidents.items():
        for order in incident.orders.values():
            if order.unit is not None:
                finding.checked += 1
                if order.is_open:
                    mine[order.unit][order.order_id] = ("1" if incident.drill else "0", incident_id)
    for unit in mine.keys() | live.orders.keys():
        theirs = {order_id: _held(text) for order_id, text in live.orders.get(unit, {}).items()}
        if mine.get(unit, {}) != theirs:
            what = f"open orders: {sorted(mine.get(unit, {}))} by the log, {sorted(theirs)} in Redis"
            finding.violate(unit, what)
    doubly = frozenset(unit for unit, orders in mine.items() if len(orders) > 1)
    if doubly != live.doubly_ordered:
        finding.violate("doubly-ordered", f"{sorted(doubly)} by the log, {sorted(live.doubly_ordered)} in Redis")


def _held(text: str) -> tuple[str, str]:
    drill, _, incident_id = text.split(" ", 2)
    return drill, incident_id


def _judge_units(log: Log, live: LiveState, finding: Finding) -> None:
    for unit, story in log.stories[DUTY].items():
        changed = next((event for event in reversed(story.events) if event.kind == "unit-duty-changed"), None)
        if changed is None:
            continue
        finding.checked += 1
        stored = live.units.get(unit, {})
        for name, in_log, in_redis in _unit_differences(changed.body, stored, changed.sequence):
            finding.violate(unit, f"{name}: {in_log} by the log, {in_redis} in dispatch's directory", changed)


def _unit_differences(body: dict[str, Any], stored: Any, sequence: int) -> Iterator[tuple[str, Any, Any]]:
    pairs = (
        ("duty_sequence", str(sequence), stored.get("duty_sequence")),
        ("duty", body["state"], stored.get("duty")),
        ("members", str(len(body["on_duty"])), stored.get("members")),
        ("on_duty", body["on_duty"], json.loads(stored.get("on_duty", "null"))),
    )
    for name, in_log, in_redis in pairs:
        if in_log != in_redis:
            yield name, in_log, in_redis
    if body["until"] is not None:
        until_ms = moment(body["until"]) / MS_US
        if abs(until_ms - int(stored.get("until_ms", 0))) > 1:  # cut to whole milliseconds from a binary fraction
            yield "until_ms", until_ms, stored.get("until_ms")


def _judge_lists(incidents: dict[str, Incident], log: Log, live: LiveState, finding: Finding) -> None:
    nodes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for incident_id, incident in incidents.items():
        finding.checked += 1
        for node in incident.nodes:
            nodes["any", node].add(incident_id)
            nodes[incident.state, node].add(incident_id)
        summary = live.summaries.get(incident_id, {})
        seen = (summary.get("state"), summary.get("level"), live.event_counts.get(incident_id, 0))
        last = log.stories[INCIDENTS][incident_id].events[-1]
        if (incident.state, str(incident.level), last.sequence) != seen:
            what = f"{incident.state}, level {incident.level}, {last.sequence} events by the log; {seen} in its list"
            finding.violate(incident_id, what, last)
    for key in nodes.keys() | live.nodes.keys():
        missing = nodes.get(key, set()) - live.nodes.get(key, frozenset())
        foreign = live.nodes.get(key, frozenset()) - nodes.get(key, set())
        if missing or foreign:
            finding.violate(f"{key[0]} {key[1]}", f"lacks {sorted(missing)}, lists {sorted(foreign)} wrongly")
