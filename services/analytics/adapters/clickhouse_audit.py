"""The audit out of a ClickHouse."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.analytics.adapters import audit_sql
from services.analytics.adapters.database import Database
from services.analytics.application.audit_trail import Position, Wanted, position_of
from shared.contracts.audit import ActionRecorded


async def count_of(database: Database, wanted: Wanted, up_to: int) -> int:
    """How many are wanted, or `up_to`."""
    (row,) = await database.ask(*audit_sql.count(wanted, up_to))
    return row["found"]


async def actions_of(
    database: Database, wanted: Wanted, before: Position | None, limit: int
) -> Sequence[ActionRecorded]:
    """The newest `limit` behind the position; asks again while repeats have taken others' places."""
    found: list[ActionRecorded] = []
    while (missing := limit - len(found)) > 0:
        rows = await database.ask(*audit_sql.actions(wanted, before, missing))
        # In a thread, as `ask` reads the rows in one: a file's worth of them would hold everybody else up.
        found += await asyncio.to_thread(_records, rows)
        if len(rows) < missing:
            break
        before = position_of(found[-1])
    return found


def _records(rows: Sequence[dict[str, Any]]) -> list[ActionRecorded]:
    bodies = {row["event_id"]: row["body"] for row in rows}
    return [ActionRecorded.model_validate_json(body) for body in bodies.values()]
