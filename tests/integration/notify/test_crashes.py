"""A worker killed in the middle of a provider's call, and a Redis that loses everything."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from services.notify.settings import NotifySettings
from shared.contracts.delivery import AttemptBegun, AttemptEnded
from shared.contracts.incident import IncidentReported, OrderAcknowledged, OrderIssued
from shared.platform.worker import Worker
from tests.conformance.notify.sink import Sink
from tests.integration.notify.conftest import member, working
from tests.integration.notify.stories import Story, eventually

ROOT = Path(__file__).parents[3]
SMS = {"kind": "sms", "address": "10000000001"}
INBOX = {"kind": "inbox", "address": ""}


@asynccontextmanager
async def worker_process(settings: NotifySettings) -> AsyncGenerator[asyncio.subprocess.Process]:
    """As a supervisor starts it; killed at the end without a word."""
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "REDIS_URL": settings.redis_url,
        "TOKEN_PUBLIC_KEY": settings.token_public_key,
        "NOTIFY_SMS_URL": settings.notify_sms_url,
    }
    command = [sys.executable, "-m", "services.notify.entrypoints.worker"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


def texts(sink: Sink, drill: bool) -> list[str]:
    return [given.json["text"] for given in sink.given if ("演练" in given.json["text"]) is drill]


@pytest.mark.timeout(240)
async def test_a_worker_killed_in_its_calls_repeats_only_the_emergency(
    notify_settings: NotifySettings, sink: Sink, story: Story
) -> None:
    await story.member_on_duty(SMS)
    sink.hangs = True
    async with worker_process(notify_settings):
        await story.happens(OrderIssued)
        await story.happens(OrderIssued, order_id=f"{story.order_id}-drill", drill=True)
        await eventually(lambda: _both_called(sink), within_s=60)
    sink.hangs = False
    async with worker_process(notify_settings):
        ended = await eventually(lambda: _ended(story, notify_settings, count=3), within_s=90)
    drills = [e for e in ended if e.drill]
    assert [[r.outcome.value for r in e.results] for e in drills] == [["unknown"]]
    assert {(r.outcome.value, r.detail) for e in ended if not e.drill for r in e.results} == {
        ("unknown", "interrupted"),
        ("accepted", "http-200"),
    }
    assert len(texts(sink, drill=True)) == 1, "what may have been sent is not sent again"
    emergency = texts(sink, drill=False)
    assert len(emergency) == 2
    assert len(set(emergency)) == 1, "an emergency is repeated under the same number"
    keys = Counter(given.headers["idempotency-key"] for given in sink.given)
    assert set(keys.values()) == {1}


async def _both_called(sink: Sink) -> bool:
    return bool(texts(sink, drill=True) and texts(sink, drill=False))


async def _ended(story: Story, settings: NotifySettings, count: int) -> Any:
    events = await story.deliveries(settings.kafka_bootstrap)
    ended = [e for e in events if isinstance(e, AttemptEnded)]
    return ended if len(ended) >= count else None


@pytest.mark.timeout(180)
async def test_after_redis_has_lost_everything_inboxes_and_people_come_back(
    worker: Worker, api: httpx.AsyncClient, story: Story, redis: Redis, notify_settings: NotifySettings
) -> None:
    who = await story.member_on_duty(INBOX)
    await story.happens(IncidentReported)
    await story.happens(OrderIssued)
    await eventually(lambda: _items(api, who, 1))
    await redis.flushdb()
    await story.happens(OrderAcknowledged)
    (item,) = await eventually(lambda: _items(api, who, 1, withdrawn="answered"))
    answer = await api.post(f"/notify/v1/inbox/{item['id']}/acknowledge", headers=member(who))
    assert answer.status_code == 200, answer.text
    await redis.flushdb()
    await story.happens(OrderIssued, order_id=f"{story.order_id}-after")
    second, first = await eventually(lambda: _items(api, who, 2))
    assert (first["acknowledged_at"] is None, second["acknowledged_at"] is None) == (False, True)
    events = await story.deliveries(notify_settings.kafka_bootstrap)
    begun = [e for e in events if isinstance(e, AttemptBegun) and who in e.recipient_ids]
    assert len(begun) == 2, "nothing was sent a second time"


@pytest.mark.timeout(180)
async def test_a_worker_that_starts_on_an_emptied_redis_knows_who_is_on_duty(
    api: httpx.AsyncClient, story: Story, redis: Redis, notify_settings: NotifySettings
) -> None:
    who = await story.member_on_duty(INBOX)
    async with working(notify_settings):
        await story.happens(OrderIssued)
        await eventually(lambda: _items(api, who, 1))
    await redis.flushdb()
    await story.happens(OrderIssued, order_id=f"{story.order_id}-after")
    async with working(notify_settings):
        await eventually(lambda: _items(api, who, 2))


async def _items(api: httpx.AsyncClient, who: str, count: int, **wanted: Any) -> Any:
    response = await api.get("/notify/v1/inbox", headers=member(who))
    items = response.json()["items"]
    fits = all(item[key] == value for item in items for key, value in wanted.items())
    return items if len(items) == count and fits else None


@pytest.mark.timeout(120)
async def test_a_hanging_provider_delays_no_other_channel_and_fails_over_itself(
    worker: Worker, api: httpx.AsyncClient, story: Story, sink: Sink, notify_settings: NotifySettings
) -> None:
    sink.hangs = True
    await story.member_on_duty(SMS)
    by_inbox = await story.member_on_duty(INBOX)
    await story.happens(OrderIssued)
    await eventually(lambda: _called(sink))
    await eventually(lambda: _items(api, by_inbox, 1), within_s=8)
    sink.hangs = False


async def _called(sink: Sink) -> bool:
    return bool(sink.given)


async def test_who_is_refused_by_one_provider_is_told_over_the_next(
    worker: Worker, api: httpx.AsyncClient, story: Story, sink: Sink
) -> None:
    sink.status = 503
    who = await story.member_on_duty(SMS, INBOX)
    await story.happens(OrderIssued)
    await eventually(lambda: _items(api, who, 1), within_s=40)
    assert len(sink.given) == 3
