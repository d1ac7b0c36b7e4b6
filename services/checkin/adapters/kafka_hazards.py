"""The hazards' topic, folded into the database."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from services.checkin.adapters.hazard_ledger import HAZARD_DECIDING
from services.checkin.adapters.sql_hazards import Recorded, SqlHazards
from shared.platform.dead_letters import DeadLetters
from shared.platform.records import Record
from shared.platform.stream import Handle
from shared.platform.waiting import until_it_passes


def hazard_handler(hazards: SqlHazards, dead_letters: DeadLetters, migrated: asyncio.Event) -> Handle:
    """The stream handler. It waits for the tables to be there, and for as long as the database is away."""

    async def handle(records: Sequence[Record]) -> None:
        events = [
            Recorded(
                item.envelope.subject, item.envelope.sequence or 0, HAZARD_DECIDING.events_out.to_domain(item.body)
            )
            for item in await dead_letters.receive(records)
            if item.body is not None
        ]
        await migrated.wait()
        await until_it_passes("keep hazards", lambda: hazards.fold(events), (OperationalError,))

    return handle
