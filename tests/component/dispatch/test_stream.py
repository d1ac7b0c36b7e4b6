"""The live stream without a broker: whose it is, and when it ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from services.dispatch.adapters.http_parts import TITLES
from services.dispatch.adapters.http_stream import stream_routes
from services.dispatch.adapters.incident_tail import IncidentTail, format_position
from services.dispatch.settings import DispatchSettings
from shared.contracts.topics import INCIDENTS
from shared.platform.clock import SystemClock
from shared.platform.web.api import create_api
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.component.dispatch.fakes import SetClock
from tests.fakes.keys import PUBLIC_KEY, token_for

OPERATOR = Principal("operator", Role.OPERATOR, "/440100")
GOOD_FOR = timedelta(minutes=10)
POSITION = format_position(dict.fromkeys(range(INCIDENTS.partitions), 7))


class Stream:
    def __init__(self, clock: SetClock, http: httpx.AsyncClient) -> None:
        self.clock = clock
        self.http = http

    async def frames(self, headers: dict[str, str]) -> list[dict[str, str]]:
        """All that came until the server ended the stream."""
        answer = await self.http.get("/dispatch/v1/stream", headers=headers)
        assert answer.status_code == 200, answer.text
        frames = (frame.splitlines() for frame in answer.text.split("\n\n") if frame)
        return [dict(line.partition(": ")[::2] for line in frame) for frame in frames]


@pytest.fixture
async def stream() -> AsyncGenerator[Stream]:
    clock = SetClock(SystemClock().now())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield

    nowhere = "redis://127.0.0.1:9/0"
    app = create_api(
        "dispatch",
        settings=DispatchSettings(kafka_bootstrap="127.0.0.1:9", redis_url=nowhere, token_public_key=PUBLIC_KEY),
        clock=clock,
        redis=Redis.from_url(nowhere),
        titles=TITLES,
        checks={},
        lifespan=lifespan,
    )
    app.include_router(stream_routes(IncidentTail("127.0.0.1:9"), clock, heartbeat_s=0.01))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Stream(clock, http)


async def test_the_stream_ends_when_the_token_does_and_says_so_and_from_where_to_go_on(stream: Stream) -> None:
    headers = {"Authorization": f"Bearer {token_for(OPERATOR, GOOD_FOR)}", "Last-Event-ID": POSITION}
    listening = asyncio.create_task(stream.frames(headers))
    await asyncio.sleep(0.05)
    stream.clock.pass_seconds(GOOD_FOR.total_seconds() - 5)
    await asyncio.sleep(0.05)
    assert not listening.done()
    stream.clock.pass_seconds(5)
    frames = await asyncio.wait_for(listening, 10)
    assert frames[-1] == {"id": POSITION, "event": "token-expired", "data": "{}"}
    assert frames[0] == {"retry": "2000", "id": POSITION}
    assert {"": "still here", "id": POSITION} in frames


async def test_an_expired_token_opens_no_stream(stream: Stream) -> None:
    headers = {"Authorization": f"Bearer {token_for(OPERATOR, timedelta(seconds=-1))}"}
    answer = await stream.http.get("/dispatch/v1/stream", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")
