"""How much of the registry is still to be published, as it is watched."""

import asyncio
import contextlib
from typing import Protocol

from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

LOOK_EVERY_S = 5.0
OUTBOX_NOTES = Gauge("meu_registry_outbox_notes", "Changes of the registry that are not published yet.")


class Outbox(Protocol):
    """What is still to be published."""

    async def waiting(self) -> int:
        """How many notes. SQLAlchemyError while the database cannot say."""
        ...


async def watch_outbox(outbox: Outbox) -> None:
    """Look for ever. While the database is away the last figure stands; readiness says that it is away."""
    while True:
        with contextlib.suppress(SQLAlchemyError, OSError):
            OUTBOX_NOTES.set(await outbox.waiting())
        await asyncio.sleep(LOOK_EVERY_S)
