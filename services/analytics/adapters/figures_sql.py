"""The questions, in ClickHouse SQL that the embedded engine and a server understand alike.

Parameters: path, start, end (UTC), drill, zone. Each query gives rows with `key` and its own numbers. An event that
was kept twice is made one by FINAL; in courses of states it needs none, since a repeat follows itself at once and
the stretch between the two is empty.
"""
# ruff: noqa: S608 - every piece of the texts is a constant of this project; what comes from outside is a parameter

from collections.abc import Mapping

from services.analytics.adapters.sql_pieces import END, SETTINGS, START, SUBTREE, is_a
from services.analytics.application.ports import By
from shared.contracts import delivery, duty, incident
from shared.contracts.base import Message

_QUANTILES = "quantilesExactIf(0.5, 0.9, 0.99)"

_EVENT_KEYS: Mapping[By, str] = {
    "none": "''",
    "day": "toString(toDate(at, {zone:String}))",
    "station": "station_id",
    "class": "incident_class",
}


def _asked(message: type[Message]) -> str:
    """Which beginnings the question is about."""
    return f"{is_a(message)} AND drill = {{drill:Bool}} AND at >= {START} AND at < {END} AND {SUBTREE}"


def _cohort(by: By) -> str:
    """The incidents that the question is about, each with its key."""
    return f"""
WITH cohort AS (
    SELECT incident_id, incident_class, {_EVENT_KEYS[by]} AS key
    FROM incident_events FINAL WHERE {_asked(incident.IncidentReported)}
)"""


_OF_COHORT = "incident_id IN (SELECT incident_id FROM cohort)"


def incidents(by: By) -> str:
    """→ key, incident_class, reported, cancelled."""
    return f"""{_cohort(by)}
SELECT key, incident_class, count() AS reported, countIf(was_cancelled) AS cancelled
FROM cohort
LEFT JOIN (
    SELECT incident_id, true AS was_cancelled FROM incident_events
    WHERE {is_a(incident.IncidentCancelled)} AND {_OF_COHORT} GROUP BY incident_id
) AS ended USING incident_id
GROUP BY key, incident_class {SETTINGS}"""


def first_arrivals(by: By) -> str:
    """→ key, total, done, never, stood_down, spread: seconds from the report to the first arrival."""
    return f"""{_cohort(by)}
SELECT key, count() AS total, countIf(arrived) AS done, countIf(NOT arrived AND cleared) AS never,
    countIf(NOT arrived AND NOT cleared AND cancelled) AS stood_down, {_QUANTILES}(first_s, arrived) AS spread
FROM cohort
JOIN (
    SELECT incident_id, countIf({is_a(incident.AssigneeArrived)}) > 0 AS arrived,
        minIf(assumeNotNull(after_s), {is_a(incident.AssigneeArrived)}) AS first_s,
        countIf({is_a(incident.IncidentCleared)}) > 0 AS cleared,
        countIf({is_a(incident.IncidentCancelled)}) > 0 AS cancelled
    FROM incident_events FINAL WHERE {_OF_COHORT} GROUP BY incident_id
) AS course USING incident_id
GROUP BY key {SETTINGS}"""


def orders(by: By) -> str:
    """→ key, total, and for acknowledgement (ack_) and arrival (arr_): done, never, stood_down, spread."""
    return f"""{_cohort(by)}
SELECT key, count() AS total,
    countIf(acknowledged) AS ack_done, countIf(NOT acknowledged AND refused) AS ack_never,
    countIf(NOT acknowledged AND NOT refused AND withdrawn) AS ack_stood_down,
    {_QUANTILES}(ack_s, acknowledged) AS ack_spread,
    countIf(arrived) AS arr_done, countIf(NOT arrived AND refused) AS arr_never,
    countIf(NOT arrived AND NOT refused AND withdrawn) AS arr_stood_down,
    {_QUANTILES}(arr_s, arrived) AS arr_spread
FROM cohort
JOIN (
    SELECT incident_id, order_id,
        countIf({is_a(incident.OrderAcknowledged)}) > 0 AS acknowledged,
        minIf(assumeNotNull(after_s), {is_a(incident.OrderAcknowledged)}) AS ack_s,
        countIf({is_a(incident.AssigneeArrived)}) > 0 AS arrived,
        minIf(assumeNotNull(order_after_s), {is_a(incident.AssigneeArrived)}) AS arr_s,
        countIf({is_a(incident.OrderDeclined, incident.OrderUnanswered)}) > 0 AS refused,
        countIf({is_a(incident.OrderWithdrawn)}) > 0 AS withdrawn
    FROM incident_events FINAL
    WHERE order_id != '' AND {_OF_COHORT}
    GROUP BY incident_id, order_id
    HAVING countIf({is_a(incident.OrderIssued)}) > 0
) AS course USING incident_id
GROUP BY key {SETTINGS}"""


def stages(by: By) -> str:
    """→ key, stage, due, in_time, late: each incident once a stage."""
    return f"""{_cohort(by)}
SELECT key, stage, count() AS due, countIf(punctual) AS in_time, countIf(attained AND NOT punctual) AS late
FROM cohort
JOIN (
    SELECT incident_id, stage, countIf({is_a(incident.StageAttained)}) > 0 AS attained,
        countIf({is_a(incident.StageAttained)} AND in_time) > 0 AS punctual
    FROM incident_events FINAL
    WHERE {is_a(incident.StageAttained, incident.StageMissed)} AND {_OF_COHORT}
    GROUP BY incident_id, stage
) AS course USING incident_id
GROUP BY key, stage {SETTINGS}"""


def reach(by: By) -> str:
    """→ key, recipients, reached, acknowledged, failed: each person once a delivery."""
    return f"""
WITH cohort AS (
    SELECT delivery_id, {_EVENT_KEYS[by]} AS key
    FROM delivery_events FINAL
    {_OF_A_CLASS if by == "class" else ""}
    WHERE {_asked(delivery.DeliveryPlanned)}
)
SELECT key, count() AS recipients, countIf(got) AS reached, countIf(read) AS acknowledged,
    countIf(lost AND NOT got) AS failed
FROM cohort
JOIN (
    SELECT delivery_id, member_id, countIf({is_a(delivery.DeliveryPlanned)}) > 0 AS planned,
        countIf({is_a(delivery.AttemptEnded, delivery.DeliveryAcknowledged)}) > 0 AS got,
        countIf({is_a(delivery.DeliveryAcknowledged)}) > 0 AS read,
        countIf({is_a(delivery.RecipientUnreachable, delivery.DeliveryExpired)}) > 0 AS lost
    FROM delivery_events FINAL ARRAY JOIN member_ids AS member_id
    WHERE delivery_id IN (SELECT delivery_id FROM cohort)
    GROUP BY delivery_id, member_id
    HAVING planned
) AS course USING delivery_id
GROUP BY key {SETTINGS}"""


_OF_A_CLASS = f"""JOIN (
        SELECT incident_id, any(incident_class) AS incident_class FROM incident_events
        WHERE {is_a(incident.IncidentReported)} GROUP BY incident_id
    ) AS of_incident USING incident_id"""

_EVER = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"

_REGISTERED = f"""
    SELECT unit_id, station_id, greatest(if(version = 1, least(at, ifNull(seen, at)), at), {START}) AS since,
        least(ifNull(next_at, {END}), {END}) AS till
    FROM (
        SELECT unit_id, station_id, path, at, NOT deleted AND NOT suspended AS active,
            row_number() OVER (PARTITION BY unit_id ORDER BY at, kafka_offset) AS version,
            leadInFrame(toNullable(at)) OVER (PARTITION BY unit_id ORDER BY at, kafka_offset {_EVER}) AS next_at
        FROM unit_states
    ) AS versions
    LEFT JOIN (SELECT unit_id, min(at) AS seen FROM duty_events GROUP BY unit_id) AS first_duty USING unit_id
    WHERE active AND {SUBTREE} AND since < till"""
"""While a unit was registered and not suspended: unit_id, station_id, since, till. The registry's topic is compacted,
so the oldest state known may be younger than the unit: its first duty shows that it was there."""

_CHANGED = is_a(duty.UnitDutyChanged)

_ON_DUTY = f"""
    SELECT unit_id, at AS on_since, least(ifNull(until, {END}), ifNull(next_at, {END})) AS on_till
    FROM (
        SELECT unit_id, at, state, until,
            leadInFrame(toNullable(at)) OVER (PARTITION BY unit_id ORDER BY sequence {_EVER}) AS next_at
        FROM (
            SELECT unit_id, sequence, at, state, until FROM duty_events
            WHERE {_CHANGED} AND at >= {START} AND at < {END}
            UNION ALL
            SELECT unit_id, max(sequence), argMax(at, sequence), argMax(state, sequence),
                argMax(tuple(until), sequence).1
            FROM duty_events WHERE {_CHANGED} AND at < {START} GROUP BY unit_id
        )
    ) AS changes
    WHERE state = 'on' AND on_since < on_till"""
"""While a unit's quorum was met: unit_id, on_since, on_till. A lease ends duty even before the event that says so."""


def registered(by: By) -> str:
    """→ key, seconds: unit-time registered."""
    return _summed(_REGISTERED, by)


def on_duty(by: By) -> str:
    """→ key, seconds: unit-time on duty with the quorum met, while registered."""
    return _summed(
        f"""
    SELECT unit_id, station_id, greatest(since, on_since) AS since, least(till, on_till) AS till
    FROM ({_REGISTERED}) AS registered JOIN ({_ON_DUTY}) AS on_duty USING unit_id
    WHERE greatest(registered.since, on_since) < least(registered.till, on_till)""",
        by,
    )


def _summed(stretches: str, by: By) -> str:
    if by != "day":
        key = "station_id" if by == "station" else "''"
        return f"""
SELECT {key} AS key, sum(dateDiff('microsecond', since, till)) / 1e6 AS seconds
FROM ({stretches}) AS stretches GROUP BY key {SETTINGS}"""
    return f"""
SELECT toString(day) AS key,
    sum(dateDiff('microsecond',
        greatest(since, toDateTime64(toDateTime(day, {{zone:String}}), 6)),
        least(till, toDateTime64(toDateTime(day + 1, {{zone:String}}), 6)))) / 1e6 AS seconds
FROM ({stretches}) AS stretches
ARRAY JOIN arrayMap(i -> toDate(since, {{zone:String}}) + i, range(toUInt32(dateDiff('day',
    toDate(since, {{zone:String}}), toDate(till - toIntervalMicrosecond(1), {{zone:String}})) + 1))) AS day
GROUP BY day {SETTINGS}"""
