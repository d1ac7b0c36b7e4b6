"""HTTP as every service speaks it: problems, tokens, idempotency keys, correlation ids, health."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Form
from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from shared.platform.clock import SystemClock
from shared.platform.settings import PlatformSettings
from shared.platform.web.api import correlation_id, create_api
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, current_principal, principal_with
from shared.vocabulary.terms import Role
from tests.fakes.keys import PUBLIC_KEY, bearer, token_for

OPERATOR = Principal("op-1", Role.OPERATOR, "/440100")
MEMBER = Principal("m-1", Role.MEMBER, "/440100/440106/440106001", unit_id="u-1")


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int


class Door:
    """Whoever delivers waits here."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self.opened.wait()


@pytest.fixture
async def client(redis_url: str, door: Door) -> AsyncGenerator[httpx.AsyncClient]:
    redis: Redis = Redis.from_url(redis_url)
    await redis.flushdb()
    app = shop(redis, redis_url, door)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client
    await redis.aclose()


@pytest.fixture
def door() -> Door:
    return Door()


def shop(redis: Redis, redis_url: str, door: Door) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield

    async def away() -> str | None:
        raise ConnectionError("nobody there")

    settings = PlatformSettings(kafka_bootstrap="127.0.0.1:1", redis_url=redis_url, token_public_key=PUBLIC_KEY)
    app = create_api(
        "shop",
        settings=settings,
        clock=SystemClock(),
        redis=redis,
        titles={"sold-out": ("已售完", "Sold out")},
        checks={"warehouse": away},
        lifespan=lifespan,
        body_max=1000,
    )
    sold: list[int] = []

    @app.post("/shop/v1/deliveries")
    async def deliver() -> None:
        await door.pass_through()

    @app.post("/shop/v1/orders", status_code=201)
    async def order(body: Order, principal: Annotated[Principal, Depends(current_principal)]) -> dict[str, object]:
        if body.count > 10:
            raise Problem(422, "sold-out", "only ten are left", field="count")
        if body.count < 0:
            raise RuntimeError("a secret of the inside")
        sold.append(body.count)
        return {"number": len(sold), "by": principal.subject, "correlation_id": correlation_id()}

    @app.get("/shop/v1/till")
    async def till(_: Annotated[Principal, Depends(principal_with(Role.OPERATOR))]) -> dict[str, int]:
        return {"sold": sum(sold)}

    @app.post("/shop/v1/letters", status_code=201)
    async def write(text: Annotated[str, Form()], _: Annotated[Principal, Depends(current_principal)]) -> int:
        sold.append(len(text))
        return len(sold)

    del deliver, order, till, write
    return app


async def test_a_problem_names_its_code_field_and_path_in_the_callers_language(client: httpx.AsyncClient) -> None:
    headers = {**bearer(MEMBER), "Accept-Language": "zh-CN,zh;q=0.9"}
    answer = await client.post("/shop/v1/orders", json={"count": 11}, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["title"], body["field"]) == ("sold-out", "已售完", "count")
    assert body["correlation_id"] == answer.headers["x-correlation-id"]


@pytest.mark.parametrize(
    ("content", "status", "code", "field"),
    [
        (b'{"count": ', 400, "malformed-json", None),
        (b'{"count": "many"}', 422, "invalid", "count"),
        (b'{"count": 1, "colour": "red"}', 422, "invalid", "colour"),
        (b"{}", 422, "invalid", "count"),
        (b'{"count": 1' + b" " * 1000 + b"}", 413, "body-too-large", None),
    ],
)
async def test_bad_input_names_what_is_wrong(
    client: httpx.AsyncClient, content: bytes, status: int, code: str, field: str | None
) -> None:
    headers = {**bearer(MEMBER), "Content-Type": "application/json"}
    answer = await client.post("/shop/v1/orders", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field)


async def test_a_fault_says_nothing_of_the_inside(client: httpx.AsyncClient) -> None:
    answer = await client.post("/shop/v1/orders", json={"count": -1}, headers=bearer(MEMBER))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-fault")
    assert "secret" not in answer.text


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}])
async def test_who_has_no_valid_token_is_turned_away(client: httpx.AsyncClient, header: dict[str, str]) -> None:
    answer = await client.post("/shop/v1/orders", json={"count": 1}, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_an_expired_token_is_said_to_be_expired(client: httpx.AsyncClient) -> None:
    header = {"Authorization": f"Bearer {token_for(MEMBER, timedelta(seconds=-1))}"}
    answer = await client.post("/shop/v1/orders", json={"count": 1}, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")


async def test_a_role_that_may_not_is_forbidden(client: httpx.AsyncClient) -> None:
    assert (await client.get("/shop/v1/till", headers=bearer(MEMBER))).json()["code"] == "forbidden"
    assert (await client.get("/shop/v1/till", headers=bearer(OPERATOR))).json() == {"sold": 0}


async def test_the_same_key_gives_the_same_answer_once_done(client: httpx.AsyncClient) -> None:
    headers = {**bearer(MEMBER), "Idempotency-Key": "k1"}
    first = await client.post("/shop/v1/orders", json={"count": 2}, headers=headers)
    # A renewed token is the same caller.
    renewed = {"Authorization": f"Bearer {token_for(MEMBER, timedelta(hours=2))}", "Idempotency-Key": "k1"}
    again = await client.post("/shop/v1/orders", json={"count": 2}, headers=renewed)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (await client.get("/shop/v1/till", headers=bearer(OPERATOR))).json() == {"sold": 2}


async def test_the_same_key_for_another_request_is_refused(client: httpx.AsyncClient) -> None:
    headers = {**bearer(MEMBER), "Idempotency-Key": "k1"}
    await client.post("/shop/v1/orders", json={"count": 2}, headers=headers)
    other = await client.post("/shop/v1/orders", json={"count": 3}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(("text", "status"), [("two", 201), ("three", 422)])
async def test_a_form_sent_again_is_the_same_request_however_its_parts_are_parted(
    client: httpx.AsyncClient, text: str, status: int
) -> None:
    def send(text: str, boundary: str) -> Awaitable[httpx.Response]:
        headers = {
            **bearer(MEMBER),
            "Idempotency-Key": "k1",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        return client.post("/shop/v1/letters", files={"text": (None, text)}, headers=headers)

    first = await send("two", "----WebKitFormBoundaryA")
    again = await send(text, "----WebKitFormBoundaryB")
    assert (first.status_code, again.status_code) == (201, status)
    assert (again.json() == first.json()) is (status == 201)


async def test_a_fault_is_not_kept_as_the_answer(client: httpx.AsyncClient) -> None:
    headers = {**bearer(MEMBER), "Idempotency-Key": "k2"}
    for _ in range(2):
        answer = await client.post("/shop/v1/orders", json={"count": -1}, headers=headers)
        assert answer.status_code == 500


async def test_a_key_is_held_while_its_request_lasts_and_not_for_long_after_its_process_died(
    client: httpx.AsyncClient, redis: Redis, door: Door
) -> None:
    headers = {**bearer(MEMBER), "Idempotency-Key": "k3"}
    first = asyncio.create_task(client.post("/shop/v1/deliveries", headers=headers))
    await door.reached.wait()
    [key] = await redis.keys("shop:answers:*")
    left_ms = [await redis.pttl(key)]
    while left_ms[-1] <= min(left_ms):  # until it was renewed
        left_ms.append(await redis.pttl(key))
    again = await client.post("/shop/v1/deliveries", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "idempotency-in-flight")
    assert 0 < min(left_ms) <= max(left_ms) <= 3000
    door.opened.set()
    assert (await first).status_code == 200
    assert (await client.post("/shop/v1/deliveries", headers=headers)).status_code == 200


async def test_another_callers_key_is_another_key(client: httpx.AsyncClient) -> None:
    body = {"count": 1}
    mine = await client.post("/shop/v1/orders", json=body, headers={**bearer(MEMBER), "Idempotency-Key": "k"})
    theirs = await client.post("/shop/v1/orders", json=body, headers={**bearer(OPERATOR), "Idempotency-Key": "k"})
    assert mine.json()["number"] != theirs.json()["number"]


async def test_a_correlation_id_goes_in_and_comes_out(client: httpx.AsyncClient) -> None:
    headers = {**bearer(MEMBER), "X-Correlation-Id": "call-7"}
    answer = await client.post("/shop/v1/orders", json={"count": 1}, headers=headers)
    assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"] == "call-7"


async def test_readiness_names_what_is_away_while_the_process_is_alive(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == {"warehouse": "ConnectionError: nobody there"}


async def test_unknown_paths_and_methods_are_problems_too(client: httpx.AsyncClient) -> None:
    missing = await client.get("/shop/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    wrong = await client.delete("/shop/v1/orders")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
