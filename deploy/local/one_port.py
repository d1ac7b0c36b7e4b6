"""The APIs, the console and the member's page on one port: `python -m deploy.local.one_port PORT [SERVICE…]`.

All four APIs, each under its own base path, or those that are named.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.local.console_files import console_files
from services.analytics.bootstrap import build_api as build_analytics
from services.analytics.settings import AnalyticsSettings
from services.checkin.bootstrap import build_api as build_checkin
from services.checkin.settings import CheckinSettings
from services.dispatch.bootstrap import build_api as build_dispatch
from services.dispatch.settings import DispatchSettings
from services.notify.bootstrap import build_api as build_notify
from services.notify.settings import NotifySettings
from shared.platform.process import keep_what_is_loaded
from shared.platform.settings import PlatformSettings, load_settings
from shared.platform.telemetry import configure_logs
from shared.platform.tracing import configure_tracing
from shared.platform.web.health import health_router

_BUILD: Mapping[str, Callable[[], FastAPI]] = {
    "checkin": lambda: build_checkin(load_settings(CheckinSettings)),
    "dispatch": lambda: build_dispatch(load_settings(DispatchSettings)),
    "notify": lambda: build_notify(load_settings(NotifySettings)),
    "analytics": lambda: build_analytics(load_settings(AnalyticsSettings)),
}


def build(names: Sequence[str]) -> ASGIApp:
    """These apps behind one: requests go by the first part of their path; health and metrics are of all of them."""
    settings = load_settings(PlatformSettings)
    configure_logs(settings, "api")
    configure_tracing(settings, "api")
    apps = {name: _BUILD[name]() for name in names}
    return _ByPath(apps, _front(apps))


def _front(apps: Mapping[str, FastAPI]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as running:
            for app in apps.values():
                await running.enter_async_context(app.router.lifespan_context(app))
            yield

    front = FastAPI(openapi_url=None, lifespan=lifespan)
    checks = {f"{name}.{part}": check for name, app in apps.items() for part, check in app.state.checks.items()}
    front.include_router(health_router(checks))

    front.mount("/", console_files(demo=os.environ.get("MEU_DEMO") == "1"))
    return front


class _ByPath:
    def __init__(self, apps: Mapping[str, FastAPI], front: FastAPI) -> None:
        self._apps = apps
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["path"].split("/", 2)[1] if scope["type"] == "http" else ""
        await self._apps.get(first, self._front)(scope, receive, send)


def main() -> None:
    port, names = int(sys.argv[1]), sys.argv[2:] or list(_BUILD)
    app = build(names)
    keep_what_is_loaded()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, access_log=False, log_config=None, timeout_graceful_shutdown=5
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
