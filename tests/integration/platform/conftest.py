"""Topics, keys and settings for tests that run workers and APIs on the real broker and Redis."""

from collections.abc import AsyncGenerator

import pytest
from redis.asyncio import Redis

from shared.platform.clock import SystemClock, SystemIds
from shared.platform.commands import CommandGateway
from shared.platform.ledger_store import LedgerStore
from shared.platform.producer import EventProducer
from shared.platform.settings import PlatformSettings
from tests.fakes.tally import DECIDING


@pytest.fixture
async def redis(redis_url: str) -> AsyncGenerator[Redis]:
    client: Redis = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def gateway(settings: PlatformSettings, redis: Redis) -> AsyncGenerator[CommandGateway]:
    producer = EventProducer(settings.kafka_bootstrap)
    await producer.start()
    gateway = CommandGateway(
        DECIDING.commands,
        source="/test",
        producer=producer,
        redis=redis,
        store=LedgerStore(redis, "tally"),
        clock=SystemClock(),
        ids=SystemIds(),
        answer_within_s=20,
    )
    await gateway.start()
    yield gateway
    await gateway.stop()
    await producer.stop()
