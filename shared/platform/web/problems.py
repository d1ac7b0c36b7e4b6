"""Errors as RFC 9457 problem documents with a stable `code`, titled in the caller's language."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match
from structlog.contextvars import get_contextvars

from shared.platform.telemetry import get_logger
from shared.platform.web.languages import prefers_chinese

Titles = Mapping[str, tuple[str, str]]
"""code → (Chinese, English)."""

PLATFORM_TITLES: Titles = {
    "malformed-json": ("请求不是合法的 JSON", "The body is not valid JSON"),
    "invalid": ("请求内容有误", "The request does not fit its schema"),
    "unauthenticated": ("请先登录", "A valid bearer token is required"),
    "token-expired": ("登录已过期", "The token has expired"),
    "forbidden": ("无权进行此操作", "Not allowed for this role"),
    "not-found": ("未找到", "Not found"),
    "method-not-allowed": ("不支持的操作", "Method not allowed"),
    "body-too-large": ("内容过大", "The body is too large"),
    "idempotency-key-reused": ("同一幂等键用于不同请求", "The Idempotency-Key was used for another request"),
    "idempotency-in-flight": ("相同请求正在处理", "The same request is being processed"),
    "cursor-invalid": ("翻页标记无效", "The cursor is not one of ours"),
    "crs-required": ("须说明坐标系", "The coordinate reference system must be declared"),
    "unavailable": ("服务暂不可用", "Temporarily unavailable"),
    "internal-fault": ("内部错误", "Internal fault"),
    "outcome-lost": ("请求未生效，可重新提交", "It had no effect; it may be sent again"),
}

_log = get_logger("web")


class Problem(Exception):
    """Raised by routes. `errors` name single fields: [{field, code, detail}]."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        *,
        field: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.errors = list(errors)
        self.headers = dict(headers or {})


def problem_response(request: Request, problem: Problem, titles: Titles) -> JSONResponse:
    """The document for a problem."""
    chinese, english = titles.get(problem.code, PLATFORM_TITLES.get(problem.code, (problem.code, problem.code)))
    in_chinese = prefers_chinese(request)
    body: dict[str, Any] = {
        "type": f"urn:meu:problem:{problem.code}",
        "title": chinese if in_chinese else english,
        "status": problem.status,
        "code": problem.code,
        "instance": request.url.path,
        "correlation_id": get_contextvars().get("correlation_id"),
    }
    if problem.detail:
        body["detail"] = problem.detail
    if problem.field:
        body["field"] = problem.field
    if problem.errors:
        body["errors"] = problem.errors
    headers = {"Content-Language": "zh-CN" if in_chinese else "en", **problem.headers}
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


def install_problem_handlers(
    app: FastAPI, titles: Titles, on_refusal: Callable[[Request, str], Awaitable[None]]
) -> None:
    """Every error of this app leaves as a problem document; before a 403 does, `on_refusal` is told its code."""

    async def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        if error.status == 403:
            await on_refusal(request, error.code)
        return problem_response(request, error, titles)

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, _invalid(error), titles)

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "not-found", 405: "method-not-allowed", 401: "unauthenticated", 403: "forbidden"}
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        problem = Problem(error.status_code, code.get(error.status_code, "invalid"), str(error.detail), headers=headers)
        return problem_response(request, problem, titles)

    async def on_fault(request: Request, error: Exception) -> JSONResponse:
        _log.error("fault", path=request.url.path, exc_info=error)
        return problem_response(request, Problem(500, "internal-fault"), titles)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_fault)


def _allowed(request: Request) -> str:
    """The methods of the path asked for: each of its routes knows its own only."""
    app: FastAPI = request.app
    there = (route for route in iter_route_contexts(app.routes) if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in there for method in route.methods or ()}))


def _invalid(error: RequestValidationError) -> Problem:
    errors = [
        {
            "field": ".".join(str(part) for part in item["loc"][1:]),
            "code": item["type"].replace("_", "-"),
            "detail": item["msg"],
        }
        for item in error.errors()
    ]
    if any(item["code"] == "json-invalid" for item in errors):
        return Problem(400, "malformed-json", errors[0]["detail"])
    return Problem(
        422, "invalid", f"{errors[0]['field']}: {errors[0]['detail']}", field=errors[0]["field"], errors=errors
    )
