"""A process that keeps happenings and prints each offset that it was told is kept: to be killed in mid-work."""

import asyncio
import sys

from services.analytics.adapters.clickhouse_history import ClickHouseHistory
from services.analytics.adapters.database import Database
from shared.contracts import incident
from shared.contracts.topics import INCIDENTS
from tests.conformance.analytics.conftest import ZONE
from tests.conformance.analytics.happenings import Writer

BATCH = 20


async def main(url: str) -> None:
    history = ClickHouseHistory(Database(url), ZONE)
    await history.prepare()
    writer = Writer()
    while True:
        batch = [writer.write(incident.IncidentReported, incident_id=f"i{len(writer.written)}") for _ in range(BATCH)]
        await history.keep(INCIDENTS, batch)
        print(batch[-1].offset, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
