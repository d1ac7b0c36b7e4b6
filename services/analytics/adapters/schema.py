"""The tables: one a topic, a row a record, inserted in the log's order, so that `max(kafka_offset)` never lies.

ReplacingMergeTree by the event's id keeps one row of those that a producer repeated; `FINAL` reads see one before the
merge has happened. There is no PARTITION BY: it would write one insert as several parts, in an order of its own.
Columns have the names of the contracts' fields; `body` is the whole message as JSON, but for what is personal.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.contracts.topics import AUDIT, DELIVERIES, DUTY, INCIDENTS, STATIONS, UNITS


@dataclass(frozen=True, slots=True)
class Table:
    """A topic's table. `columns`: its own, name → type; `sorted_by`: what comes before the event's id."""

    name: str
    columns: dict[str, str]
    sorted_by: tuple[str, ...]


_COMMON = {
    "event_id": "String",
    "kafka_partition": "UInt16",
    "kafka_offset": "UInt64",
    "type": "LowCardinality(String)",
    "at": "DateTime64(6, 'UTC')",
    "station_id": "LowCardinality(String)",
    "path": "LowCardinality(String)",
    "body": "String CODEC(ZSTD(3))",
}

TABLES = {
    STATIONS.name: Table("station_states", {"deleted": "Bool", "name": "String"}, ("station_id",)),
    UNITS.name: Table("unit_states", {"deleted": "Bool", "unit_id": "String", "suspended": "Bool"}, ("unit_id",)),
    DUTY.name: Table(
        "duty_events",
        {
            "unit_id": "String",
            "sequence": "UInt64",
            "site_class": "LowCardinality(String)",
            "state": "LowCardinality(String)",
            "until": "Nullable(DateTime64(6, 'UTC'))",
            "member_id": "String",
            "members_on_duty": "UInt16",
        },
        ("unit_id", "sequence"),
    ),
    INCIDENTS.name: Table(
        "incident_events",
        {
            "incident_id": "String",
            "sequence": "UInt64",
            "drill": "Bool",
            "incident_class": "LowCardinality(String)",
            "severity": "LowCardinality(String)",
            "order_id": "String",
            "stage": "UInt16",
            "after_s": "Nullable(Float64)",
            "order_after_s": "Nullable(Float64)",
            "in_time": "Nullable(Bool)",
            "reason": "LowCardinality(String)",
            "assignee_kind": "LowCardinality(String) DEFAULT JSONExtractString(body, 'assignee_kind')",
            "assignee_id": "String DEFAULT JSONExtractString(body, 'assignee_id')",
        },
        ("incident_id", "sequence"),
    ),
    DELIVERIES.name: Table(
        "delivery_events",
        {
            "delivery_id": "String",
            "sequence": "UInt64",
            "drill": "Bool",
            "incident_id": "String",
            "lane": "LowCardinality(String)",
            "channel": "LowCardinality(String)",
            "member_ids": "Array(String)",
            "latency_ms": "Nullable(Float64)",
        },
        ("delivery_id", "sequence"),
    ),
    # By time, as it is read: the newest of a stretch lie together. `body` holds all that the hash is of.
    AUDIT.name: Table(
        "audit_records",
        {
            "actor_id": "String",
            "action": "LowCardinality(String)",
            "refused": "LowCardinality(String)",
            "chain_id": "String",
            "number": "UInt64",
            "hash": "String",
        },
        ("at", "chain_id", "number"),
    ),
}
"""By topic."""


def create_tables() -> list[str]:
    """Statements that make what is missing."""
    return [_create(table) for table in TABLES.values()]


WHAT_IS_THERE = "SELECT table, name FROM system.columns WHERE database = currentDatabase()"
"""→ table, name: the columns that the tables have."""


WHAT_PARTS_LACK = """
SELECT DISTINCT parts.table AS table, columns.name AS name
FROM system.columns AS columns
JOIN (
    SELECT table, name, groupArray(column) AS held FROM system.parts_columns
    WHERE database = currentDatabase() AND active GROUP BY table, name
) AS parts ON parts.table = columns.table
WHERE columns.database = currentDatabase() AND NOT has(parts.held, columns.name)"""
"""→ table, name: the columns that some of the kept rows do not have on disk."""


def add_columns(there: Collection[tuple[str, str]]) -> list[str]:
    """Statements that give tables of an earlier release the columns that they lack.

    A column that is added needs a DEFAULT that reads the kept body: what happened before is then told like what
    happens now, and nothing has to be read from the log again. `there`: of WHAT_IS_THERE.
    """
    return [
        f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS {column} {kind}"
        for table in TABLES.values()
        for column, kind in table.columns.items()
        if (table.name, column) not in there
    ]


def fill_columns(lacking: Collection[tuple[str, str]]) -> list[str]:
    """Statements that write added columns into the rows kept until then: else each question would parse every row's
    body. It is done in the background, and asked for again when a crash came in between. `lacking`: of WHAT_PARTS_LACK.
    """
    return [f"ALTER TABLE {table} MATERIALIZE COLUMN {column}" for table, column in sorted(lacking)]


def _create(table: Table) -> str:
    columns = ",\n    ".join(f"{name} {kind}" for name, kind in (_COMMON | table.columns).items())
    key = ", ".join((*table.sorted_by, "event_id"))
    return (
        f"CREATE TABLE IF NOT EXISTS {table.name} (\n    {columns}\n)"
        f" ENGINE = ReplacingMergeTree(kafka_offset) ORDER BY ({key})"
    )
