"""A unit's history, in ClickHouse SQL that the embedded engine and a server understand alike.

Parameters: unit, and but for the path: start, before (UTC), before_key, limit.
"""
# ruff: noqa: S608 - every piece of the texts is a constant of this project; what comes from outside is a parameter

from typing import Final

from services.analytics.adapters.sql_pieces import BEFORE, SETTINGS, START, is_a
from shared.contracts import duty, incident
from shared.vocabulary.terms import AssigneeKind

ENDS: Final = {
    incident.OrderDeclined.ce_type(): "declined",
    incident.OrderUnanswered.ce_type(): "unanswered",
    incident.OrderWithdrawn.ce_type(): "withdrawn",
    incident.OrderCompleted.ce_type(): "completed",
}
"""How an order ended, by the type of the event that says so."""


def _asked(at: str, key: str) -> str:
    """Which entries the question is about: those of the window that come before a position."""
    return f"{at} >= {START} AND ({at}, {key}) < ({BEFORE}, {{before_key:String}})"


PATH: Final = f"""
SELECT argMax(path, kafka_offset) AS path FROM unit_states WHERE unit_id = {{unit:String}}
GROUP BY unit_id HAVING NOT argMax(deleted, kafka_offset) {SETTINGS}"""
"""→ path: none, or one row."""

_CAME = f"{is_a(duty.MemberCheckedIn)} AND NOT JSONExtractBool(body, 'renewed')"
_LAPSED = f"{is_a(duty.MemberCheckedOut)} AND JSONExtractString(body, 'reason') = 'lease-expired'"
_LEFT = f"{is_a(duty.MemberCheckedOut)} AND JSONExtractString(body, 'reason') != 'lease-expired'"
_CHANGED = is_a(duty.UnitDutyChanged)
_UNTIL = "ROWS BETWEEN UNBOUNDED PRECEDING AND"

DUTY: Final = f"""
SELECT last AS sequence, moment, came, gone, lapsed, before, state, members, quorum
FROM (
    SELECT *, lagInFrame(toNullable(state)) OVER (ORDER BY last {_UNTIL} CURRENT ROW) AS before
    FROM (
        SELECT decision, anyIf(sequence, {_CHANGED}) AS last, anyIf(at, {_CHANGED}) AS moment,
            countIf({_CAME}) AS came, countIf({_LEFT}) AS gone, countIf({_LAPSED}) AS lapsed,
            anyIf(duty_state, {_CHANGED}) AS state, anyIf(members_on_duty, {_CHANGED}) AS members,
            anyIf(JSONExtractUInt(body, 'quorum'), {_CHANGED}) AS quorum
        FROM (
            SELECT sequence, at, type, toString(state) AS duty_state, members_on_duty, body,
                countIf({_CHANGED}) OVER (ORDER BY sequence {_UNTIL} 1 PRECEDING) AS decision
            FROM duty_events FINAL WHERE unit_id = {{unit:String}}
        ) AS events
        GROUP BY decision HAVING countIf({_CHANGED}) > 0
    ) AS decisions
) AS changes
WHERE (came + gone + lapsed > 0 OR ifNull(before, '') != state)
    AND {_asked("moment", "concat('duty-', leftPad(toString(last), 20, '0'))")}
ORDER BY moment DESC, last DESC LIMIT {{limit:UInt32}} {SETTINGS}"""
"""→ sequence, moment, came, gone, lapsed, before, state, members, quorum; a row a decision, whose last event says
what the duty came to.
"""

_ISSUED = is_a(incident.OrderIssued)
_ENDED = f"type IN ({', '.join(map(repr, ENDS))})"

ORDERS: Final = f"""
SELECT incident_id, order_id, minIf(at, {_ISSUED}) AS issued_at, anyIf(incident_class, {_ISSUED}) AS class,
    anyIf(severity, {_ISSUED}) AS grade, anyIf(drill, {_ISSUED}) AS exercise,
    minOrNullIf(at, {is_a(incident.OrderAcknowledged)}) AS acknowledged_at,
    minOrNullIf(at, {is_a(incident.AssigneeArrived)}) AS arrived_at,
    minOrNullIf(at, {_ENDED}) AS ended_at, anyIf(toString(type), {_ENDED}) AS end,
    anyIf(toString(reason), {_ENDED}) AS ended_for
FROM incident_events
WHERE assignee_id = {{unit:String}} AND assignee_kind = '{AssigneeKind.UNIT.value}'
GROUP BY incident_id, order_id
HAVING countIf({_ISSUED}) > 0 AND {_asked("issued_at", "concat('order-', order_id)")}
ORDER BY issued_at DESC, order_id DESC LIMIT {{limit:UInt32}} {SETTINGS}"""
"""→ incident_id, order_id, issued_at, class, grade, exercise, acknowledged_at, arrived_at, ended_at, end, ended_for.
What a producer repeated has the same time and the same words, so that no FINAL is needed.
"""
