"""`Idempotency-Key` on any POST: the same key gives the same answer (ASGI middleware).

The answer is kept in Redis for a day under (caller, path, key) with a fingerprint of the body. It is the courtesy
layer: that nothing takes effect twice is the ledger's doing, since the command's id is derived from the same key.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.platform.web.problems import Problem, Titles, problem_response
from shared.vocabulary.ids import derived_id

KEPT_S = 24 * 3600
IN_FLIGHT_S = 3
"""A process that dies or stands still keeps a caller from trying again for so long: an answer to an order is urgent."""
RENEW_EVERY_S = 1.0
BODY_MAX = 1_000_000
KEY_MAX = 200
WITH_BODY = ("POST", "PUT", "PATCH")
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?\bboundary="?([^";,\s]{1,70})', re.IGNORECASE)  # RFC 2046: 70


class IdempotencyMiddleware:
    """Also bounds the body's size: `body-too-large` above `body_max` bytes."""

    def __init__(self, app: ASGIApp, redis: "Redis", service: str, titles: Titles, body_max: int = BODY_MAX) -> None:
        self._app = app
        self._redis = redis
        self._prefix = f"{service}:answers:"
        self._titles = titles
        self._body_max = body_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await self._body(request)
            if scope["method"] == "POST":
                await self._answer(request, body, scope, send)
            else:
                await self._app(scope, _replay(body), send)
        except Problem as problem:
            await problem_response(request, problem, self._titles)(scope, receive, send)

    async def _body(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._body_max:
                raise Problem(413, "body-too-large", f"at most {self._body_max} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    async def _answer(self, request: Request, body: bytes, scope: Scope, send: Send) -> None:
        key = request.headers.get("idempotency-key")
        if key is None:
            await self._app(scope, _replay(body), send)
            return
        if not 0 < len(key) <= KEY_MAX:
            raise Problem(422, "invalid", f"1 to {KEY_MAX} characters", field="Idempotency-Key")
        name = self._prefix + request_id(request, key)
        fingerprint = _fingerprint(request, body)
        try:
            kept = await self._claim(name, fingerprint)
        except (RedisError, OSError):
            kept = None  # the ledger still keeps the effect single
        if kept is not None:
            await _send_kept(kept, fingerprint, send)
            return
        recorder = _Recorder(send)
        try:
            async with self._held(name):
                await self._app(scope, _replay(body), recorder)
        finally:
            await self._keep(name, fingerprint, recorder)

    async def _claim(self, name: str, fingerprint: str) -> dict[str, Any] | None:
        """None: the request is ours to process. Otherwise what is known of the first one."""
        marker = json.dumps({"fingerprint": fingerprint})
        fresh = await cast("Awaitable[bool | None]", self._redis.set(name, marker, nx=True, ex=IN_FLIGHT_S))
        if fresh:
            return None
        kept = await cast("Awaitable[bytes | None]", self._redis.get(name))
        return json.loads(kept) if kept is not None else None

    @asynccontextmanager
    async def _held(self, name: str) -> AsyncGenerator[None]:
        renewing = asyncio.create_task(self._renew(name))
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, name: str) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            with contextlib.suppress(RedisError, OSError):
                await self._redis.expire(name, IN_FLIGHT_S)

    async def _keep(self, name: str, fingerprint: str, recorder: "_Recorder") -> None:
        try:
            if recorder.is_final():
                answer = {"fingerprint": fingerprint, **recorder.answer()}
                await cast("Awaitable[bool | None]", self._redis.set(name, json.dumps(answer), ex=KEPT_S))
            else:
                await self._redis.delete(name)
        except (RedisError, OSError):
            return


class _Recorder:
    """Passes an answer on and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._headers: list[tuple[str, str]] = []
        self._chunks: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in message["headers"]]
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
        await self._send(message)

    def is_final(self) -> bool:
        """Faults, refused tokens and answers still pending may turn out otherwise next time; secrets are not kept."""
        if ("cache-control", "no-store") in self._headers:
            return False
        return 200 <= self._status < 500 and self._status not in (202, 401, 403, 409, 413, 429)

    def answer(self) -> dict[str, Any]:
        body = base64.b64encode(b"".join(self._chunks)).decode()
        return {"status": self._status, "headers": self._headers, "body": body}


def request_id(request: Request, key: str) -> str:
    """The id that a caller's key stands for on this route; also the id of the command it becomes."""
    caller = request.headers.get("authorization", "")
    tokens = getattr(request.app.state, "tokens", None) if "app" in request.scope else None
    if tokens is not None and caller.lower().startswith("bearer "):
        caller = tokens.read(caller[7:].strip()).subject  # a renewed token is the same caller
    return derived_id("request", caller, request.url.path, key)


def _fingerprint(request: Request, body: bytes) -> str:
    """Of what is asked for. Browsers part a form by another boundary each time they send it: that is no difference."""
    boundary = _BOUNDARY.match(request.headers.get("content-type", ""))
    if boundary is not None:
        body = body.replace(boundary[1].encode("latin-1"), b"")
    return hashlib.sha256(request.url.path.encode() + b"\0" + body).hexdigest()


def _replay(body: bytes) -> Receive:
    """A receive channel that gives the body, then waits for the client to go, as a server's does."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _send_kept(kept: dict[str, Any], fingerprint: str, send: Send) -> None:
    if kept["fingerprint"] != fingerprint:
        raise Problem(422, "idempotency-key-reused", field="Idempotency-Key")
    if "status" not in kept:
        raise Problem(409, "idempotency-in-flight", headers={"Retry-After": "1"})
    headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in kept["headers"]]
    await send({"type": "http.response.start", "status": kept["status"], "headers": headers})
    await send({"type": "http.response.body", "body": base64.b64decode(kept["body"])})
