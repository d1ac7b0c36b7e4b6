"""Aiokafka's clients: starting them, and what they give."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from shared.platform.clock import from_ms
from shared.platform.records import Record


async def start_or_stop(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Start a client; when that fails or is cancelled, nothing of it stays open.

    A start that is cut short leaks the connection it is making, so a cancellation waits for it.
    """
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
    except BaseException:
        await asyncio.gather(starting, return_exceptions=True)
        await client.stop()
        raise


def record_of(item: ConsumerRecord[Any, Any]) -> Record:
    """A consumed record, as the platform hands it on."""
    return Record(
        topic=item.topic,
        partition=item.partition,
        offset=item.offset,
        timestamp=from_ms(item.timestamp),
        key=item.key,
        value=item.value,
        headers=dict(item.headers),
    )
