"""`/livez`: the process answers. `/readyz`: what it needs answers too, and which does not. `/metrics`: Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, or None; an exception counts as wrong."""

CHECK_WITHIN_S = 2.0


async def failing(checks: Mapping[str, Check]) -> dict[str, str]:
    """The checks that fail, with their reasons."""
    reasons = await asyncio.gather(*(_reason(check) for check in checks.values()))
    return {name: reason for name, reason in zip(checks, reasons, strict=True) if reason}


async def _reason(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_WITHIN_S} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """The three routes, outside the API's schema."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        reasons = await failing(checks)
        status = "ready" if not reasons else "not-ready"
        return JSONResponse({"status": status, "failing": reasons}, 200 if not reasons else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    del livez, readyz, metrics  # registered
    return router


def health_app(checks: Mapping[str, Check]) -> FastAPI:
    """A worker's own small server."""
    app = FastAPI(openapi_url=None)
    app.include_router(health_router(checks))
    return app
