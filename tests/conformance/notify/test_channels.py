"""What every channel promises, each on the real thing: Redis, HTTP on loopback, a file."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.notify.adapters.channel_file import FileChannel
from services.notify.adapters.http_sms import SmsChannel
from services.notify.adapters.http_webhook import WebhookChannel
from services.notify.adapters.redis_inbox import InboxChannel
from services.notify.application.channels import Channel
from shared.platform.clock import SystemClock
from shared.vocabulary.terms import AttemptOutcome, ChannelKind
from tests.conformance.notify.messages import message
from tests.conformance.notify.sink import Sink

SECRET = "whsec_" + "c2VjcmV0" * 5
KINDS = list(ChannelKind)


@dataclass
class Rig:
    """A channel, addresses that it serves, whom it told by now, and how to break what is behind it."""

    channel: Channel
    addresses: list[str]
    told: Callable[[], Awaitable[list[str]]]
    break_it: Callable[[], None]


@pytest.fixture
async def sink() -> AsyncGenerator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture(params=KINDS, ids=lambda kind: kind.value)
async def rig(request: pytest.FixtureRequest, redis_url: str, tmp_path: Path, sink: Sink) -> AsyncGenerator[Rig]:
    make = {
        ChannelKind.INBOX: lambda: inbox_rig(redis_url),
        ChannelKind.FILE: lambda: file_rig(tmp_path),
        ChannelKind.SMS: lambda: sms_rig(sink),
        ChannelKind.WEBHOOK: lambda: webhook_rig(sink),
    }[request.param]
    async for rig in make():
        yield rig


async def inbox_rig(redis_url: str) -> AsyncGenerator[Rig]:
    redis: Redis = Redis.from_url(redis_url)
    await redis.flushdb()
    away: Redis = Redis.from_url("redis://127.0.0.1:1/0")
    channel = InboxChannel(redis)

    async def told() -> list[str]:
        keys = sorted([key.decode() async for key in redis.scan_iter("{notify:inboxes}:*")])
        return [key.rsplit(":", 1)[1] for key in keys if await redis.zscore(key, "delivery-1") is not None]

    yield Rig(channel, ["", "", ""], told, lambda: setattr(channel, "_redis", away))
    await redis.aclose()
    await away.aclose()


async def file_rig(tmp_path: Path) -> AsyncGenerator[Rig]:
    path = tmp_path / "notices" / "out.jsonl"
    channel = FileChannel(path)

    async def told() -> list[str]:
        return [json.loads(line)["member_id"] for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def break_it() -> None:
        path.parent.rmdir() if path.parent.exists() else None
        path.parent.write_text("not a directory")

    yield Rig(channel, ["a", "b", "c"], told, break_it)


async def sms_rig(sink: Sink) -> AsyncGenerator[Rig]:
    numbers = ["10000000001", "10000000002", "10000000003"]
    channel = SmsChannel(f"{sink.url}/sms", "token")

    async def told() -> list[str]:
        taken = [number for given in sink.given for number in given.json["to"]]
        return [f"m{numbers.index(number)}" for number in taken] if sink.status == 200 else []

    yield Rig(channel, numbers, told, lambda: setattr(sink, "status", 503))
    await channel.close()


async def webhook_rig(sink: Sink) -> AsyncGenerator[Rig]:
    channel = WebhookChannel(SECRET, {"127.0.0.1"}, SystemClock())

    async def told() -> list[str]:
        return sorted(g.json["data"]["member_id"] for g in sink.given) if sink.status == 200 else []

    yield Rig(channel, [f"{sink.url}/hook/{n}" for n in range(3)], told, lambda: setattr(sink, "status", 503))
    await channel.close()


async def test_it_accepts_for_everybody_and_says_so_in_their_order(rig: Rig) -> None:
    results = await rig.channel.send(message(*rig.addresses))
    assert [(r.member_id, r.outcome) for r in results] == [(f"m{n}", AttemptOutcome.ACCEPTED) for n in range(3)]
    assert await rig.told() == ["m0", "m1", "m2"]


async def test_what_it_could_not_hand_over_has_failed_for_everybody_and_reached_nobody(rig: Rig) -> None:
    rig.break_it()
    results = await rig.channel.send(message(*rig.addresses))
    assert [(r.member_id, r.outcome) for r in results] == [(f"m{n}", AttemptOutcome.FAILED) for n in range(3)]
    assert all(0 < len(r.detail) <= 300 for r in results)


async def test_it_serves_the_next_message_after_it_failed(rig: Rig, sink: Sink) -> None:
    await rig.channel.send(message(*rig.addresses))
    results = await rig.channel.send(message(*rig.addresses[:1], number=2))
    assert [r.outcome for r in results] == [AttemptOutcome.ACCEPTED]


async def test_it_sends_many_at_once(rig: Rig) -> None:
    results = await rig.channel.send(message(*(rig.addresses[:1] * 200)))
    assert [r.member_id for r in results] == [f"m{n}" for n in range(200)]
    assert {r.outcome for r in results} == {AttemptOutcome.ACCEPTED}
