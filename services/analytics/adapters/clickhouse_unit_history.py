"""A unit's history out of a ClickHouse."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from services.analytics.adapters import unit_history_sql
from services.analytics.adapters.database import Database
from services.analytics.adapters.rows import moment
from services.analytics.application.ports import UnitQuestion
from services.analytics.domain.unit_history import DutyEntry, EndedHow, OrderEntry
from shared.vocabulary.terms import DutyState, IncidentClass, Severity


async def path_of(database: Database, unit_id: str) -> str | None:
    """The unit's path now, if there is such a unit."""
    rows = await database.ask(unit_history_sql.PATH, {"unit": unit_id})
    return rows[0]["path"] if rows else None


async def duty_of(database: Database, question: UnitQuestion) -> Sequence[DutyEntry]:
    """How its duty changed, newest first."""
    return [
        DutyEntry(
            at=_time(row["moment"]),
            sequence=row["sequence"],
            came=row["came"],
            left=row["gone"],
            lapsed=row["lapsed"],
            before=None if row["before"] is None else DutyState(row["before"]),
            state=DutyState(row["state"]),
            on_duty=row["members"],
            quorum=row["quorum"],
        )
        for row in await database.ask(unit_history_sql.DUTY, _parameters(question))
    ]


async def orders_of(database: Database, question: UnitQuestion) -> Sequence[OrderEntry]:
    """The orders issued to it, newest first."""
    return [
        OrderEntry(
            at=_time(row["issued_at"]),
            order_id=row["order_id"],
            incident_id=row["incident_id"],
            incident_class=IncidentClass(row["class"]),
            severity=Severity(row["grade"]),
            drill=row["exercise"],
            acknowledged_at=_time_if(row["acknowledged_at"]),
            arrived_at=_time_if(row["arrived_at"]),
            ended_at=_time_if(row["ended_at"]),
            ended=cast("EndedHow | None", unit_history_sql.ENDS.get(row["end"])),
            reason=row["ended_for"] or None,
        )
        for row in await database.ask(unit_history_sql.ORDERS, _parameters(question))
    ]


def _parameters(question: UnitQuestion) -> dict[str, Any]:
    return {
        "unit": question.unit_id,
        "start": moment(question.start),
        "before": moment(question.before.at),
        "before_key": question.before.key,
        "limit": question.limit,
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _time_if(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
