"""What every entrypoint does: settings, logs, run until SIGTERM."""

import asyncio
import gc
import sys
from collections.abc import Callable
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

from shared.platform.settings import EX_CONFIG, PlatformSettings, load_settings
from shared.platform.telemetry import configure_logs
from shared.platform.tracing import configure_tracing
from shared.platform.worker import Worker

S = TypeVar("S", bound=PlatformSettings)


def keep_what_is_loaded() -> None:
    """Exempt modules, routes and settings from garbage collection: a full one stops a process for 0.2 s over them."""
    gc.collect()
    gc.freeze()


def run_api(service: str, kind: type[S], build: Callable[[S], FastAPI]) -> None:
    """Serve a service's API on HTTP_HOST:HTTP_PORT until SIGTERM."""
    settings = load_settings(kind)
    configure_logs(settings, service)
    configure_tracing(settings, f"{service}-api")
    app = build(settings)
    keep_what_is_loaded()
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,  # event streams never end by themselves
    )


def run_worker(service: str, kind: type[S], build: Callable[[S], Worker]) -> None:
    """Run a service's worker until SIGTERM. A ValueError of `build` is a wrong setting."""
    settings = load_settings(kind)
    configure_logs(settings, service)
    configure_tracing(settings, f"{service}-worker")

    async def run() -> None:
        # Built inside the loop: clients bind themselves to the one that runs.
        try:
            worker = build(settings)
        except ValueError as error:
            print(error, file=sys.stderr)
            raise SystemExit(EX_CONFIG) from error
        keep_what_is_loaded()
        await worker.run()

    asyncio.run(run())
