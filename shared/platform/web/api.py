"""The FastAPI app that every service's API is built on."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol, cast

import structlog
from aiokafka.errors import KafkaError
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.base import Id
from shared.platform.clock import SystemIds
from shared.platform.outcomes import Outcome
from shared.platform.settings import PlatformSettings
from shared.platform.telemetry import HTTP_SECONDS
from shared.platform.tracing import answered, answering
from shared.platform.web.audited import refusal_audited
from shared.platform.web.document import LATER, TO_ANYTHING, describe
from shared.platform.web.health import Check, health_router
from shared.platform.web.idempotency import BODY_MAX, IdempotencyMiddleware, request_id
from shared.platform.web.problems import Problem, Titles, install_problem_handlers, problem_response
from shared.platform.web.tokens import TokenReader, principal_with
from shared.ports import AuditLog, Clock
from shared.vocabulary.terms import Role

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""Others are counted together: a caller may make up any number of them."""
SENDERS = (Role.OPERATOR, Role.OFFICER, Role.LEADER, Role.MEMBER, Role.PARTNER)
"""Who sends commands."""
_ids = SystemIds()


def create_api(
    service: str,
    *,
    settings: PlatformSettings,
    clock: Clock,
    redis: "Redis",
    titles: Titles,
    checks: Mapping[str, Check],
    lifespan: Lifespan,
    audit: AuditLog | None = None,
    body_max: int = BODY_MAX,
) -> FastAPI:
    """An app with problem documents, tokens, correlation ids, idempotency keys, health and metrics.

    Routes are declared with their whole path, e.g. `/dispatch/v1/incidents`. `titles`: the service's own problem
    codes with their Chinese and English titles. `audit`: is told of every refusal. `body_max`: the largest POST body,
    in bytes.
    """
    app = FastAPI(
        title=f"{service} API",
        version="1",
        lifespan=lifespan,
        openapi_url=f"/{service}/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=TO_ANYTHING,
    )
    app.state.tokens = TokenReader(settings.token_public_key, clock)
    app.state.audit = audit
    app.state.service = service
    app.state.checks = dict(checks)
    install_problem_handlers(app, titles, on_refusal=refusal_audited)
    for away in (KafkaError, RedisError):
        app.add_exception_handler(away, _unavailable(titles))
    app.include_router(health_router(checks))
    app.add_middleware(IdempotencyMiddleware, redis=redis, service=service, titles=titles, body_max=body_max)
    app.add_middleware(ObservingMiddleware, service=service)
    describe(app)
    return app


def _unavailable(titles: Titles) -> Callable[[Request, Exception], JSONResponse]:
    def handle(request: Request, error: Exception) -> JSONResponse:
        problem = Problem(503, "unavailable", type(error).__name__, headers={"Retry-After": "2"})
        return problem_response(request, problem, titles)

    return handle


class ObservingMiddleware:
    """Correlation id in, out and on every log line; answer times by route; the span that a trace begins with."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Request(scope).headers
        given = headers.get("x-correlation-id", "")
        correlation_id = given if 0 < len(given) <= 80 and given.isascii() and given.isprintable() else _ids.new()
        method = scope["method"] if scope["method"] in METHODS else "other"
        started, status = time.perf_counter(), 500

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-correlation-id", correlation_id.encode())]
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(service=self._service, correlation_id=correlation_id),
            answering(method, headers.get("traceparent")) as span,
        ):
            try:
                await self._app(scope, receive, observe)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                HTTP_SECONDS.labels(self._service, method, route, str(status)).observe(time.perf_counter() - started)
                answered(span, method, route, status, correlation_id)


def correlation_id() -> str:
    """The current request's."""
    return cast("str", structlog.contextvars.get_contextvars()["correlation_id"])


def command_id(request: Request) -> str | None:
    """The id for the command that this request becomes: derived from its Idempotency-Key, or None for a fresh one."""
    key = request.headers.get("idempotency-key")
    return None if key is None else request_id(request, key)


def pending_response(service: str, outcome: Outcome) -> JSONResponse:
    """202: durable, not yet decided; `Location` is where to ask."""
    location = f"/{service}/v1/commands/{outcome.aggregate_id}/{outcome.command_id}"
    return JSONResponse({"status": "pending", "command_id": outcome.command_id}, 202, {"Location": location})


def refused(outcome: Outcome, status: int = 422) -> Problem:
    """The problem that a refused command is."""
    return Problem(status, outcome.code or "refused", outcome.detail or "")


class Outcomes(Protocol):
    """Who knows what became of commands: a gateway, or several as one."""

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        """None when it is not (or no longer) known."""
        ...


class OfAny:
    """Whoever of several knows: command topics of one service."""

    def __init__(self, several: Sequence[Outcomes]) -> None:
        self._several = several

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        for each in self._several:
            outcome = await each.outcome(aggregate_id, command_id)
            if outcome is not None:
                return outcome
        return None


class Decided(BaseModel):
    """The command had its effect."""

    status: Literal["accepted"]
    command_id: str
    aggregate_id: str


def install_command_route(app: FastAPI, service: str, gateway: Outcomes) -> None:
    """`GET /{service}/v1/commands/{aggregate}/{command}`: what became of a command that answered 202.

    Whoever may send commands and has the command's id, which only its sender was told, may ask.
    """
    asked_by = [Depends(principal_with(*SENDERS))]
    path = f"/{service}/v1/commands/{{aggregate_id}}/{{command}}"

    @app.get(path, response_model=Decided, responses=LATER, dependencies=asked_by)
    async def command_outcome(aggregate_id: Id, command: Id) -> Response:
        """200 with the outcome; 202 while it is not decided or no longer known."""
        outcome = await gateway.outcome(aggregate_id, command)
        if outcome is None:
            return JSONResponse({"status": "pending", "command_id": command}, 202)
        if outcome.status == "refused":
            raise refused(outcome)
        return JSONResponse({"status": outcome.status, "command_id": command, "aggregate_id": aggregate_id})

    del command_outcome  # registered
