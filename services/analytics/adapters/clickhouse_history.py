"""The history in ClickHouse."""
# ruff: noqa: S608 - tables' names are constants

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from services.analytics.adapters import figures_sql
from services.analytics.adapters.clickhouse_audit import actions_of, count_of
from services.analytics.adapters.clickhouse_unit_history import duty_of, orders_of, path_of
from services.analytics.adapters.database import Database
from services.analytics.adapters.rows import moment, row_of
from services.analytics.adapters.schema import (
    TABLES,
    WHAT_IS_THERE,
    WHAT_PARTS_LACK,
    add_columns,
    create_tables,
    fill_columns,
)
from services.analytics.adapters.sql_pieces import SETTINGS
from services.analytics.application.audit_trail import Position, Wanted
from services.analytics.application.ports import Happening, Question, Station, UnitQuestion
from services.analytics.domain.figures import Attainment, Coverage, Figures, Reach, Responses, Spread
from services.analytics.domain.unit_history import DutyEntry, OrderEntry
from shared.contracts.audit import ActionRecorded
from shared.contracts.topics import STATIONS, Topic

Rows = list[dict[str, Any]]


class ClickHouseHistory:
    """Implements `History` on a ClickHouse."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        """`zone`: whose midnights part the days; one of the IANA names."""
        self._database = database
        self._zone = str(zone)

    async def prepare(self) -> None:
        for statement in create_tables():
            await self._database.run(statement)
        for statement in add_columns(await self._columns(WHAT_IS_THERE)):
            await self._database.run(statement)
        for statement in fill_columns(await self._columns(WHAT_PARTS_LACK)):
            await self._database.run(statement)

    async def keep(self, topic: Topic, happenings: Sequence[Happening]) -> None:
        await self._database.insert(TABLES[topic.name].name, (row_of(happening) for happening in happenings))

    async def kept(self, topic: Topic) -> Mapping[int, int]:
        rows = await self._database.ask(
            "SELECT kafka_partition, max(kafka_offset) AS highest"
            f" FROM {TABLES[topic.name].name} GROUP BY kafka_partition {SETTINGS}"
        )
        return {row["kafka_partition"]: row["highest"] for row in rows}

    async def stations(self) -> Mapping[str, Station]:
        rows = await self._database.ask(
            "SELECT station_id, argMax(name, kafka_offset) AS name, argMax(path, kafka_offset) AS path"
            f" FROM {TABLES[STATIONS.name].name} GROUP BY station_id HAVING NOT argMax(deleted, kafka_offset)"
        )
        return {row["station_id"]: Station(**row) for row in rows}

    async def measure(self, question: Question) -> Mapping[str, Figures]:
        by = question.by
        parts: dict[str, dict[str, Any]] = defaultdict(dict)
        for key, rows in _by_key(await self._ask(figures_sql.incidents(by), question)).items():
            parts[key]["incidents"] = {row["incident_class"]: row["reported"] for row in rows}
            parts[key]["cancelled"] = sum(row["cancelled"] for row in rows)
        for row in await self._ask(figures_sql.orders(by), question):
            parts[row["key"]] |= {"acknowledged": _responses(row, "ack_"), "arrived": _responses(row, "arr_")}
        for row in await self._ask(figures_sql.first_arrivals(by), question):
            parts[row["key"]]["first_arrived"] = _responses(row, "")
        for key, rows in _by_key(await self._ask(figures_sql.stages(by), question)).items():
            parts[key]["stages"] = tuple(
                Attainment(**_without_key(row)) for row in sorted(rows, key=lambda row: row["stage"])
            )
        for row in await self._ask(figures_sql.reach(by), question):
            parts[row["key"]]["reach"] = Reach(**_without_key(row))
        for key, coverage in (await self._coverage(question)).items():
            parts[key]["coverage"] = coverage
        return {key: Figures(**found) for key, found in parts.items()}

    async def unit_path(self, unit_id: str) -> str | None:
        return await path_of(self._database, unit_id)

    async def unit_duty(self, question: UnitQuestion) -> Sequence[DutyEntry]:
        return await duty_of(self._database, question)

    async def unit_orders(self, question: UnitQuestion) -> Sequence[OrderEntry]:
        return await orders_of(self._database, question)

    async def actions(self, wanted: Wanted, before: Position | None, limit: int) -> Sequence[ActionRecorded]:
        return await actions_of(self._database, wanted, before, limit)

    async def count(self, wanted: Wanted, up_to: int) -> int:
        return await count_of(self._database, wanted, up_to)

    async def ping(self) -> None:
        await self._database.ask("SELECT 1")

    async def close(self) -> None:
        await self._database.close()

    async def _columns(self, query: str) -> set[tuple[str, str]]:
        return {(row["table"], row["name"]) for row in await self._database.ask(query)}

    async def _coverage(self, question: Question) -> Mapping[str, Coverage]:
        if question.drill or question.by == "class":
            return {}
        registered = await self._ask(figures_sql.registered(question.by), question)
        on_duty = await self._ask(figures_sql.on_duty(question.by), question)
        seconds = {row["key"]: row["seconds"] for row in on_duty}
        return {row["key"]: Coverage(float(seconds.get(row["key"], 0)), float(row["seconds"])) for row in registered}

    async def _ask(self, query: str, question: Question) -> Rows:
        return await self._database.ask(
            query,
            {
                "path": question.path,
                "start": moment(question.window.start),
                "end": moment(question.window.end),
                "drill": question.drill,
                "zone": self._zone,
            },
        )


def _by_key(rows: Rows) -> Mapping[str, Rows]:
    grouped: dict[str, Rows] = defaultdict(list)
    for row in rows:
        grouped[row["key"]].append(row)
    return grouped


def _without_key(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "key"}


def _responses(row: Mapping[str, Any], prefix: str) -> Responses:
    done = row[f"{prefix}done"]
    return Responses(
        total=row["total"],
        done=done,
        never=row[f"{prefix}never"],
        stood_down=row[f"{prefix}stood_down"],
        spread=Spread(*map(float, row[f"{prefix}spread"])) if done else Spread(),
    )
