"""Publish what changed in the registry."""

from services.checkin.application.ports import RegistryOutbox, RegistryPublisher
from shared.ports import Clock

BATCH_MAX = 500


async def relay_registry(outbox: RegistryOutbox, publisher: RegistryPublisher, holder: str, clock: Clock) -> int:
    """Publish the next batch of changes; returns how many there were.

    A crash after publishing and before forgetting publishes the same states again, as they are then.
    """
    batch = await outbox.take(holder, clock.now(), BATCH_MAX)
    if batch is None:
        return 0
    await publisher.publish(batch.publications)
    await outbox.published(batch)
    return len(batch.publications)
