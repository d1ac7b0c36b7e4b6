"""Publish what changed in the registry."""

import asyncio

from services.checkin.application.ports import RegistryOutbox, RegistryPublisher
from shared.ports import Clock

BATCH_MAX = 500
PUBLISHED_WITHIN_S = 8


async def relay_registry(outbox: RegistryOutbox, publisher: RegistryPublisher, holder: str, clock: Clock) -> int:
    """Publish the next batch of changes; returns how many there were.

    A crash after publishing and before forgetting publishes the same states again, as they are then. Raises
    TimeoutError when publishing takes so long that another relay may soon take over.
    """
    batch = await outbox.take(holder, clock.now(), BATCH_MAX)
    if batch is None:
        return 0
    async with asyncio.timeout(PUBLISHED_WITHIN_S):
        await publisher.publish(batch.publications)
    await outbox.published(batch)
    return len(batch.publications)
