"""Notify's worker and API on the real broker and Redis, as a process has them."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager

import httpx
import pytest
from redis.asyncio import Redis

from services.notify.bootstrap import ALL_LANES, build_api, build_worker
from services.notify.settings import NotifySettings
from shared.platform.producer import EventProducer
from shared.platform.web.tokens import Principal
from shared.platform.worker import Worker
from shared.vocabulary.terms import Lane, Role
from tests.conformance.notify.sink import Sink
from tests.fakes.keys import PUBLIC_KEY, bearer
from tests.integration.notify.stories import STATION_PATH, Story


@pytest.fixture
async def sink() -> AsyncGenerator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture
def notify_settings(topics_applied: str, redis_url: str, sink: Sink) -> NotifySettings:
    return NotifySettings(
        kafka_bootstrap=topics_applied,
        redis_url=redis_url,
        token_public_key=PUBLIC_KEY,
        notify_sms_url=f"{sink.url}/sms",
        answer_within_s=20,
    )


@asynccontextmanager
async def working(settings: NotifySettings, lanes: Collection[Lane] = ALL_LANES) -> AsyncGenerator[Worker]:
    """A worker that is stopped however its test ends: one left running would outlive the event loop."""
    worker = build_worker(settings, lanes)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


@pytest.fixture
async def worker(notify_settings: NotifySettings) -> AsyncGenerator[Worker]:
    async with working(notify_settings) as worker:
        yield worker


@asynccontextmanager
async def serving(settings: NotifySettings) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of an API that is ready."""
    app = build_api(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://notify", timeout=60) as client,
    ):
        async with asyncio.timeout(30):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
        yield client


@pytest.fixture
async def api(notify_settings: NotifySettings) -> AsyncGenerator[httpx.AsyncClient]:
    async with serving(notify_settings) as client:
        yield client


@pytest.fixture
async def redis(redis_url: str) -> AsyncGenerator[Redis]:
    client: Redis = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def story(topics_applied: str) -> AsyncGenerator[Story]:
    producer = EventProducer(topics_applied)
    await producer.start()
    yield Story(producer)
    await producer.stop()


def member(member_id: str) -> dict[str, str]:
    """The headers of a member's request."""
    return bearer(Principal(member_id, Role.MEMBER, STATION_PATH))


OFFICER = bearer(Principal("officer-1", Role.OFFICER, "/440100/440106"))
